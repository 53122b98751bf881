using Bascule.Connectors.Platforms.ApiManagement.Gate.Policies;
using Bascule.Connectors.Platforms.ApiManagement.Source;

namespace Bascule.Connectors.Platforms.ApiManagement.Gate;

/// <summary>Whether a policy has the shape that the service knows, and lets what is above it take effect.</summary>
internal sealed class StructureRules(ApimRules rules, ApimFindings findings)
{
    public void Judge(PolicyDocument policy)
    {
        var top = policy.Level is PolicyLevel.Fragment ? PolicyWords.Fragment : PolicyWords.Policies;
        if (policy.Top.Name != top)
        {
            Error(policy, policy.Top, ApimRule.Policy, $"begins with {Quote(policy.Top)}; write <{top}>");
            return;
        }
        if (policy.Level is PolicyLevel.Fragment)
            JudgeStatements(policy, policy.Top);
        else
            JudgeSections(policy);
    }

    private void JudgeSections(PolicyDocument policy)
    {
        JudgeText(policy, policy.Top);
        HashSet<string> seen = [];
        foreach (var section in policy.Top.Children)
        {
            if (!PolicyWords.Sections.Contains(section.Name))
                Error(
                    policy,
                    section,
                    ApimRule.Policy,
                    $"has {Quote(section)} below policies; there are inbound, backend, outbound and on-error"
                );
            else if (!seen.Add(section.Name))
                Error(policy, section, ApimRule.Policy, $"has {Quote(section)} twice; make one of both");
            JudgeStatements(policy, section);
        }
        if (rules.KeepBase && policy.Level is not PolicyLevel.Service)
            foreach (var name in PolicyWords.Sections)
                JudgeBase(policy, name);
    }

    private void JudgeBase(PolicyDocument policy, string name)
    {
        var section = policy.Section(name);
        if (section?.Children.Any(child => child.Name == PolicyWords.Base) != true)
            Error(
                policy,
                section ?? policy.Top,
                ApimRule.Base,
                $"has no <base /> directly in {name}, and so drops what is above it; write <{name}><base /></{name}>"
            );
    }

    private void JudgeStatements(PolicyDocument policy, PolicyElement holder)
    {
        JudgeText(policy, holder);
        foreach (var statement in holder.Children)
        {
            if (!PolicyWords.Statements.Contains(statement.Name))
                findings.Take(
                    rules.UnknownElements,
                    policy.File,
                    statement.Line,
                    ApimRule.Policy,
                    $"has {Quote(statement)} in {Quote(holder)}, which Microsoft's reference does not have there; correct its name: all are in lower case"
                );
            if (PolicyWords.Containers.Contains(statement.Name))
                JudgeStatements(policy, statement);
        }
    }

    /// <summary>A named value that stands there could become an element.</summary>
    private void JudgeText(PolicyDocument policy, PolicyElement holder)
    {
        if (holder.Inner.Length > 0)
            Error(
                policy,
                holder,
                ApimRule.Policy,
                $"has text directly in {Quote(holder)}, where elements alone stand; remove it"
            );
    }

    private void Error(PolicyDocument policy, PolicyElement at, ApimRule rule, string text) =>
        findings.Error(policy.File, at.Line, rule, text);

    private static string Quote(PolicyElement element) => ApimFindings.Quote(element.Name);
}
