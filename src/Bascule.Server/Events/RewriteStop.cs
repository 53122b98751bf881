using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Core.Workflows;
using Bascule.Server.Audit;
using Bascule.Server.Connections;
using Bascule.Server.Reports;

namespace Bascule.Server.Events;

/// <summary>
/// Stops what would run by itself after the history of a branch was rewritten (THREATS T106): neither its new tip nor what still waits of the old history
/// starts. A person who has looked at it asks for a run again, or somebody pushes on top. Heads of pull requests are rewritten every day and not concerned.
/// </summary>
internal sealed class RewriteStop(
    EnvironmentConnections environments,
    IRunStore runs,
    AuditTrail audit,
    TimeProvider time
)
{
    private const int MostWaiting = 500;

    /// <summary>Why the run does not start by itself; null when it may.</summary>
    public async Task<Decision?> DecideAsync(PlanSubject subject, Run run, CancellationToken cancellationToken)
    {
        var update = subject.Update;
        if (subject.PullRequest is not null || update.Move != RefMove.Rewritten || !Stops(run.Environment))
            return null;
        if (run.Trigger.IsSchedule && await WasCheckedAsync(update, run, cancellationToken))
            return null;
        return Decision.Deny(
            RuleOf(run.Environment),
            $"{Words(update)}; check it, then run it with `bascule run retry {run.Id}`, or push on top"
        );
    }

    /// <summary>Ends runs of the old history that wait, in the transaction that records the rewrite. One that starts at this moment makes it conflict, and be tried again.</summary>
    public async Task<Result<IReadOnlyList<Change>>> SupersedeWaitingAsync(
        RefUpdate update,
        CancellationToken cancellationToken
    )
    {
        if (update.Move != RefMove.Rewritten)
            return Result.Of<IReadOnlyList<Change>>([]);
        var filter = new RunFilter(update.Repository, Ref: update.Ref, State: RunState.Queued, Limit: MostWaiting);
        var waiting = await runs.ListAsync(filter, cancellationToken);
        var changes = new List<Change>();
        foreach (var run in waiting.Where(run => !run.StartBegun && Stops(run.Environment)))
        {
            var because = Decision.Deny(
                RuleOf(run.Environment),
                $"{Words(update)} while it waited; check it, then `bascule run retry {run.Id}` if it is still wanted"
            );
            if ((await audit.WriteAsync(Entry(run, because), cancellationToken)).Failed(out var unwritten))
                return unwritten;
            changes.AddRange(End(run, because));
        }
        return changes;
    }

    /// <summary>A person who asked for this very commit after the rewrite has answered for it; the next planned times go on.</summary>
    private async Task<bool> WasCheckedAsync(RefUpdate update, Run run, CancellationToken cancellationToken)
    {
        var filter = new RunFilter(update.Repository, Ref: update.Ref, Commit: run.Commit, Limit: MostWaiting)
        {
            WithoutReproductions = true,
        };
        return (await runs.ListAsync(filter, cancellationToken)).Any(other =>
            other.Ordinal > 0 && other.Environment == run.Environment && other.CreatedAt >= update.At
        );
    }

    private bool Stops(string? environment) =>
        environment is not null
        && (environments.Find(environment)?.Rule.Rewritten ?? RewrittenHistory.Stop) == RewrittenHistory.Stop;

    private IEnumerable<Change> End(Run run, Decision because)
    {
        var now = time.GetUtcNow();
        var ended = run with { State = RunState.Superseded, Reason = because.Reason, FinishedAt = now };
        return
        [
            new SaveRun(ended),
            new AddTimeline(run.Id, new TimelineEntry(now, "ref", because.Reason)),
            .. ReportWork.For(ended, now),
        ];
    }

    private static string RuleOf(string? environment) => $"environments.{environment}.rewritten";

    private static string Words(RefUpdate update) =>
        update.Before is { } before
            ? $"history of {update.Ref} was rewritten from {before.Short} to {update.After?.Short}"
            : $"history of {update.Ref} was rewritten: it was deleted and made again elsewhere, at {update.After?.Short}";

    private static AuditEntry Entry(Run run, Decision because) =>
        new(AuditTypes.RunDecided, "bascule")
        {
            Links = new Dictionary<string, string>
            {
                ["run"] = run.Id.Text,
                ["repository"] = run.Repository.ToString(),
            },
            Decision = new AuditDecision(false, because.Rule, because.Reason),
            Facts = new JsonObject
            {
                ["workflow"] = run.Workflow,
                ["environment"] = run.Environment,
                ["trigger"] = run.Trigger.Text,
                ["commit"] = run.Commit.ToString(),
                ["key"] = run.Key.Hex,
                ["state"] = RunState.Superseded.Word(),
            },
        };
}
