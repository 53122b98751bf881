using Bascule.Connectors.Platforms.ApiManagement.Gate.Policies;
using Bascule.Connectors.Platforms.ApiManagement.Source;

namespace Bascule.Connectors.Platforms.ApiManagement.Gate;

/// <summary>What the rules say of elements, wherever they stand (THREATS T127).</summary>
internal sealed class ElementRules(ApimRules rules, ApimFindings findings)
{
    private readonly HostList _hosts = new(rules.SendRequestHosts);
    private readonly HostList? _issuers = rules.IssuerHosts is { } hosts ? new HostList(hosts) : null;

    public void Judge(PolicyDocument policy)
    {
        foreach (var element in policy.Top.All())
        {
            JudgeDenied(policy, element);
            JudgeAddresses(policy, element);
            if (element.Is("cors"))
                JudgeCors(policy, element);
            foreach (var text in element.Texts.Where(text => text.HasExpression))
                JudgeExpression(policy, element, text);
        }
    }

    private void JudgeDenied(PolicyDocument policy, PolicyElement element)
    {
        if (rules.Deny.FirstOrDefault(element.Is) is { } denied)
            findings.Error(
                policy.File,
                element.Line,
                ApimRule.Denied,
                $"has {ApimFindings.Quote(element.Name)}, and the rules deny '{denied}'; do without it"
            );
    }

    private void JudgeAddresses(PolicyDocument policy, PolicyElement element)
    {
        if (element.Is("set-url"))
            JudgeAddress(policy, element, element.Inner, _hosts);
        else if (IsNewRequest(element) && !element.Children.Any(child => child.Is("set-url")))
            findings.Error(
                policy.File,
                element.Line,
                ApimRule.Host,
                $"has {ApimFindings.Quote(element.Name)} without set-url, so where it goes cannot be checked; write one"
            );
        else if (element.Is("proxy"))
            JudgeAddress(policy, element, element["url"] ?? "", _hosts);
        else if (element.Is("set-backend-service") && element["base-url"] is { } address)
            JudgeAddress(policy, element, address, _hosts);
        else if (element.Is("openid-config") && _issuers is not null)
            JudgeAddress(policy, element, element["url"] ?? "", _issuers);
    }

    private static bool IsNewRequest(PolicyElement element) =>
        (element.Is("send-request") || element.Is("send-one-way-request")) && element["mode"]?.Trim() != "copy";

    private void JudgeAddress(PolicyDocument policy, PolicyElement element, string address, HostList hosts)
    {
        var isOpen = new PolicyText("", address, 1).IsOpen;
        if (
            (isOpen ? "shows in the service alone, and cannot be checked; write it out" : hosts.FaultOf(address)) is
            { } fault
        )
            findings.Error(
                policy.File,
                element.Line,
                ApimRule.Host,
                $"has {ApimFindings.Quote(element.Name)} with an address that {fault}"
            );
    }

    private void JudgeCors(PolicyDocument policy, PolicyElement cors)
    {
        var credentials = cors.Texts.FirstOrDefault(text =>
            string.Equals(text.Name, "allow-credentials", StringComparison.OrdinalIgnoreCase)
        );
        if (credentials is null || string.Equals(credentials.Value.Trim(), "false", StringComparison.OrdinalIgnoreCase))
            return;
        foreach (var origin in cors.All().Where(one => one.Is("origin")))
        {
            var isOpen = origin.Texts.Any(text => text.IsOpen);
            if (isOpen || origin.Inner.Contains('*', StringComparison.Ordinal))
                findings.Take(
                    rules.WildcardWithCredentials,
                    policy.File,
                    origin.Line,
                    ApimRule.Cors,
                    $"lets {(isOpen ? "origins that show in the service alone" : "any origin")} call with the caller's credentials; name the origins, or write allow-credentials=\"false\""
                );
        }
    }

    private void JudgeExpression(PolicyDocument policy, PolicyElement element, PolicyText text)
    {
        if (rules.Expressions is not { } allowed)
            return;
        var statement =
            element.Above().Prepend(element).FirstOrDefault(one => PolicyWords.Statements.Contains(one.Name))
            ?? element;
        if (!allowed.Contains(statement.Name))
            findings.Error(
                policy.File,
                text.Line,
                ApimRule.Expression,
                $"has a C# expression in {ApimFindings.Quote(statement.Name)}, where the rules allow none; write a plain value, or add the element to expressions.allow"
            );
    }
}
