using Bascule.Core.Approvals;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Core.Workflows;
using Bascule.Server.Audit;
using Bascule.Server.Reports;
using Bascule.Server.Runs;

namespace Bascule.Server.Approvals;

/// <summary>
/// The changes by which a run follows its approvals. Each writes the request and the run with the revisions that were read: of two that come at once one is
/// refused, and reads again (THREATS T110).
/// </summary>
internal sealed class ApprovalFlow(RunSiblings siblings, AuditTrail audit, TimeProvider time)
{
    private static readonly TimeSpan FirstLookAtReviews = TimeSpan.FromSeconds(5);

    /// <summary>Where a run is that stands so with its approvals.</summary>
    public static Run Place(Run run, ApprovalStanding standing, ApprovalPolicy policy) =>
        !standing.IsApproved
            ? run with
            {
                State = RunState.AwaitingApproval,
                Reason = ApprovalWords.Waits(standing, policy),
            }
            : run with
            {
                State = run.OnMerge ? RunState.Planned : RunState.Queued,
                Reason = run.OnMerge ? ApprovalWords.Approved(run, standing) : null,
            };

    /// <summary>Brings a run to where its approvals put it; the last approval adds the row that starts it, in the same transaction.</summary>
    public async Task<IReadOnlyList<Change>> FollowAsync(
        Run run,
        EnvironmentRule rule,
        ApprovalRequest request,
        ApprovalStanding standing,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var placed = Place(run, standing, rule.Approvals!);
        List<Change> changes = [new SaveApprovalRequest(request), new SaveRun(placed)];
        if (placed.State == RunState.Queued && run.State != RunState.Queued)
            changes.AddRange([
                Note(run, ApprovalWords.Approved(run, standing)),
                RunWork.Start(placed, now),
                .. await siblings.WakeOlderAsync(placed, now, cancellationToken),
            ]);
        if (placed.State == RunState.AwaitingApproval)
            changes.AddRange(Await(placed, rule.Approvals!, request, now));
        changes.AddRange(ReportWork.For(placed, now));
        return changes;
    }

    /// <summary>The rows of a run that waits; those that are there already stay the only ones.</summary>
    public static IEnumerable<Change> Await(
        Run run,
        ApprovalPolicy policy,
        ApprovalRequest request,
        DateTimeOffset now
    ) =>
        policy.ForgeReviews && run.PullRequest is not null
            ? [ApprovalWork.Expiry(run.Id, request.ExpiresAt), ApprovalWork.Reviews(run.Id, now + FirstLookAtReviews)]
            : [ApprovalWork.Expiry(run.Id, request.ExpiresAt)];

    /// <summary>Makes approvals void, visibly; what the run does then is the caller's to say.</summary>
    public IReadOnlyList<Change> Void(Run run, IEnumerable<Approval> given, string because, string actor = "bascule")
    {
        var now = time.GetUtcNow();
        var changes = new List<Change>();
        foreach (var approval in given.Where(approval => !approval.IsVoid))
            changes.AddRange([
                new VoidApproval(approval.Uid, now, because),
                audit.Record(ApprovalEntries.Voided(run, approval, actor, because)),
            ]);
        if (changes.Count > 0)
            changes.Add(Note(run, $"void: {because}"));
        return changes;
    }

    /// <summary>The run ends before it was started. Its start row, where there is one, goes at once.</summary>
    public IReadOnlyList<Change> End(Run run, RunState state, string because)
    {
        var now = time.GetUtcNow();
        var ended = run with { State = state, Reason = because, FinishedAt = now };
        return
        [
            new SaveRun(ended),
            Note(run, because),
            .. run.State == RunState.Queued ? [RunWork.Start(ended, now)] : Array.Empty<Change>(),
            .. ReportWork.For(ended, now),
        ];
    }

    public Change Note(Run run, string text) =>
        new AddTimeline(run.Id, new TimelineEntry(time.GetUtcNow(), ApprovalWords.Step, text));
}
