using Bascule.Core.Approvals;
using Bascule.Core.Audit;
using Bascule.Core.People;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Reports;
using Bascule.Server.Runs;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Approvals;

/// <summary>What follows when somebody lets a run go without its approvals, and when somebody else has looked at it (THREATS T108).</summary>
internal sealed partial class BreakingGlass(
    ApprovalFlow flow,
    AuditTrail audit,
    TimeProvider time,
    ILogger<BreakingGlass> log
)
{
    public IReadOnlyList<Change> Break(Run run, ApprovalFacts facts, string reason)
    {
        var now = time.GetUtcNow();
        var act = new BreakGlass(
            run.Id,
            facts.Person!.Uid,
            ApprovedThing.Of(run)!,
            reason.Trim(),
            now,
            now + BreakGlass.Lifetime,
            now + BreakGlass.ReviewWithin
        );
        var queued = run with { State = RunState.Queued, Reason = "goes WITHOUT its approvals (break-glass)" };
        Log.Broken(log, run.Id, run.Environment!, facts.Person.Uid);
        return
        [
            new AddBreakGlass(act),
            audit.Record(
                ApprovalEntries.Of(
                    AuditTypes.GlassBroken,
                    run,
                    facts.Actor.AuditName,
                    allow: true,
                    $"{facts.Key}.break_glass",
                    "let go without its approvals"
                )
            ),
            new SaveApprovalRequest(facts.Request!),
            new SaveRun(queued),
            flow.Note(run, $"BREAK-GLASS: {facts.Person.Name} lets it go without its approvals: {act.Reason}"),
            RunWork.Start(queued, now),
            ApprovalWork.Glass(run.Id, act.ReviewBy),
            .. ReportWork.For(queued, now),
        ];
    }

    public IReadOnlyList<Change> Review(Run run, BreakGlass act, Actor actor) =>
        [
            new SaveBreakGlass(act with { ReviewedBy = actor.Uid, ReviewedAt = time.GetUtcNow() }),
            audit.Record(
                ApprovalEntries.Of(
                    AuditTypes.GlassReviewed,
                    run,
                    actor.AuditName,
                    allow: true,
                    $"environments.{run.Environment}.approvals",
                    "a second person has looked at it"
                )
            ),
            flow.Note(run, $"{actor.Name} has looked at the break-glass"),
            .. ReportWork.For(run, time.GetUtcNow()),
        ];

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Warning,
            "BREAK-GLASS: run {Run} goes to {Environment} without its approvals, let go by {Person}"
        )]
        public static partial void Broken(ILogger log, RunId run, string environment, string person);
    }
}
