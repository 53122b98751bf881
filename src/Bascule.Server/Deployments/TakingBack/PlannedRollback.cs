using Bascule.Core.Deployments;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Core.Workflows;
using Bascule.Server.Audit;
using Bascule.Server.Events;
using Bascule.Server.Reports;
using Bascule.Server.Runs;

namespace Bascule.Server.Deployments.TakingBack;

/// <summary>A run that goes back, and the runs that it takes back, the newest first.</summary>
internal sealed record PlannedRollback(Run Run, IReadOnlyList<Run> Taken)
{
    /// <summary>What let it go.</summary>
    public const string Rule = "rollback";

    private const string Step = "rollback";

    /// <summary>To be stored with the move of the ref.</summary>
    public IEnumerable<Change> Changes(Deployment back, AuditTrail audit)
    {
        var (now, because) = (back.At, back.RolledBackBecause);
        var taken = string.Join(", ", Taken.Select(run => $"run {run.Id} of {run.Commit.Short}"));
        yield return audit.Record(PlanRecord.Entry(Run, Decision.Allow(Rule, $"takes back {taken}"), problem: null));
        yield return new AddRun(Run);
        yield return new AddTimeline(
            Run.Id,
            new TimelineEntry(now, "plan", $"takes back {taken}; asked for by {back.By}: {because}")
        );
        foreach (var run in Taken)
            yield return new AddTimeline(
                run.Id,
                new TimelineEntry(now, Step, $"rolled back in {back.Place.Environment} by run {Run.Id}: {because}")
            );
        yield return RunWork.Start(Run, now);
        foreach (var report in ReportWork.For(Run, now))
            yield return report;
    }

    /// <summary>What the pages of the runs that were to be taken back say of how it ended; nothing for a run that is no rollback.</summary>
    /// <param name="ended">A run as it is stored now.</param>
    public static IEnumerable<Change> Tell(Run ended, DateTimeOffset now) =>
        ended.RollsBack.Select(run => new AddTimeline(
            run,
            new TimelineEntry(
                now,
                Step,
                ended.State == RunState.Succeeded
                    ? $"taken back by run {ended.Id}"
                    : $"NOT taken back: run {ended.Id} {Words.Whole(ended)}"
            )
        ));
}
