using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Core.Workflows;
using Bascule.Server.Reports;

namespace Bascule.Server.Events;

/// <summary>How it is told that a run was planned, or was not.</summary>
internal static class PlanRecord
{
    private const int MostLines = 100;
    private const int LongestLine = 300;

    /// <summary>The run with what its platform planned for it, and what it warned of.</summary>
    public static Run Keep(Run run, PlatformPlan plan) =>
        run with
        {
            Plan = plan.Json,
            PlanSummary = Summary(plan),
            PlanDigest = ReportedForge.DigestOf(plan.Json),
            Target = plan.Target,
            HoldsAlone = plan.HoldsAlone,
            Reason = plan.Warnings.Count == 0 ? null : string.Join("; ", plan.Warnings),
        };

    /// <summary>What the platform says of its plan, as it may be shown: names in it are others' words. Null when it says nothing.</summary>
    private static string? Summary(PlatformPlan plan)
    {
        var lines = plan
            .Summary.Take(MostLines)
            .Select(line => Core.Text.PlainText.Line(line, LongestLine))
            .Where(line => line.Length > 0);
        return string.Join('\n', lines) is { Length: > 0 } text ? text : null;
    }

    /// <summary>For the timeline.</summary>
    public static string Words(Run run) =>
        run.State switch
        {
            RunState.Refused => $"refused: {run.Reason}",
            RunState.Queued => $"planned for {run.Environment}, digest {run.PlanDigest![..12]}",
            _ when run.OnMerge =>
                $"planned for the merge into {run.Environment}, digest {run.PlanDigest![..12]}{(run.Reason is null ? "" : $"; {run.Reason}")}",
            RunState.AwaitingApproval => $"planned for {run.Environment}, digest {run.PlanDigest![..12]}; {run.Reason}",
            _ => $"planned only: {run.Reason}",
        };

    /// <summary>For the audit log.</summary>
    /// <param name="problem">Why there is no plan; null when there is one.</param>
    public static AuditEntry Entry(Run run, Decision decision, Problem? problem)
    {
        var links = new Dictionary<string, string>
        {
            ["run"] = run.Id.Text,
            ["repository"] = run.Repository.ToString(),
        };
        if (run.Delivery is { } delivery)
            links["delivery"] = delivery;
        var facts = new JsonObject
        {
            ["workflow"] = run.Workflow,
            ["environment"] = run.Environment,
            ["trigger"] = run.Trigger.Text,
            ["commit"] = run.Commit.ToString(),
            ["base_commit"] = run.BaseCommit?.ToString(),
            ["content"] = run.Content?.Hex,
            ["plan_sha256"] = run.PlanDigest,
            ["key"] = run.Key.Hex,
            ["state"] = run.State.Word(),
        };
        if (run.OnMerge)
            facts["on_merge"] = true;
        return new AuditEntry(AuditTypes.RunDecided, "bascule")
        {
            Links = links,
            Decision = new AuditDecision(
                problem is null && decision.IsAllowed,
                decision.Rule,
                Core.Text.PlainText.Line(problem?.Message ?? decision.Reason, 1000)
            ),
            Facts = facts,
        };
    }
}
