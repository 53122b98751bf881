using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Bascule.Core.Exchange;
using Bascule.Core.Text;
using Bascule.Server.Exchange;

namespace Bascule.Cli.Features;

/// <summary>Decisions of trust policies as people read them in a terminal, and as scripts do (THREATS T76).</summary>
internal static class TrustText
{
    public static string Table(IReadOnlyList<TrustVerdict> verdicts)
    {
        var text = new StringBuilder();
        foreach (var verdict in verdicts)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{(verdict.IsAsExpected ? "ok     " : "DIFFERS")}  {Clean(verdict.Case.Name)}"
            );
            if (verdict.IsAsExpected)
                continue;
            text.AppendLine(CultureInfo.InvariantCulture, $"         expected  {Clean(verdict.Expected)}");
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"         decided   {Clean(verdict.Decided)}: {Clean(verdict.Decision.Reason)}"
            );
        }
        var differing = verdicts.Count(verdict => !verdict.IsAsExpected);
        return text.Append(
                CultureInfo.InvariantCulture,
                $"{verdicts.Count} decisions, {(differing == 0 ? "all as expected" : $"{differing} not as expected")}"
            )
            .ToString();
    }

    public static JsonObject ToJson(IReadOnlyList<TrustVerdict> verdicts) =>
        new()
        {
            ["ok"] = verdicts.All(verdict => verdict.IsAsExpected),
            ["decisions"] = new JsonArray([
                .. verdicts.Select(verdict => new JsonObject
                {
                    ["name"] = verdict.Case.Name,
                    ["ok"] = verdict.IsAsExpected,
                    ["expected"] = verdict.Expected,
                    ["decided"] = verdict.Decided,
                    ["reason"] = verdict.Decision.Reason,
                }),
            ]),
        };

    public static string Explain(TrustDecision decision)
    {
        var text = new StringBuilder()
            .AppendLine(
                decision.IsAllowed ? "allowed      by the claims; whether they are true was not looked at" : "denied"
            )
            .AppendLine(CultureInfo.InvariantCulture, $"reason       {Clean(decision.Reason)}");
        if (decision.Policy is { } policy)
            text.AppendLine(CultureInfo.InvariantCulture, $"policy       {Clean(policy.Name)}")
                .AppendLine(
                    CultureInfo.InvariantCulture,
                    $"gives        {Verbs(policy)} on {Clean(policy.Refs.ToString())}"
                )
                .AppendLine(CultureInfo.InvariantCulture, $"for          {policy.Lifetime.TotalMinutes:0} minutes");
        foreach (var fault in decision.Faults)
            text.AppendLine(CultureInfo.InvariantCulture, $"not by       {Clean(fault.Policy)}: {Clean(fault.Why)}");
        return text.ToString().TrimEnd();
    }

    public static JsonObject ToJson(TrustDecision decision) =>
        new()
        {
            ["allowed"] = decision.IsAllowed,
            ["policy"] = decision.Policy?.Name,
            ["reason"] = decision.Reason,
            ["faults"] = new JsonArray([
                .. decision.Faults.Select(fault => new JsonObject { ["policy"] = fault.Policy, ["why"] = fault.Why }),
            ]),
        };

    private static string Verbs(TrustPolicy policy) =>
        string.Join(" and ", policy.Verbs.Order().Select(verb => verb.Write()));

    private static string Clean(string text) => PlainText.Line(text, 500);
}
