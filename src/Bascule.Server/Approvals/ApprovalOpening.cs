using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Core.Workflows;
using Bascule.Server.Audit;

namespace Bascule.Server.Approvals;

/// <summary>A planned run with what it waits for.</summary>
/// <param name="Changes">To be stored after the run was added.</param>
internal sealed record OpenedRun(Run Run, IReadOnlyList<Change> Changes);

/// <summary>
/// Asks for approvals where the environment wants them. What was approved before and is still the same goes on to the new run: from the run before it on
/// the same ref, and from the pull request whose merge it is.
/// </summary>
internal sealed class ApprovalOpening(
    IApprovalStore approvals,
    IRepositoryStore repositories,
    ApprovalStates states,
    AuditTrail audit,
    TimeProvider time
)
{
    /// <param name="move">How the ref came to the run's commit; null when a person asked for the same run again.</param>
    /// <param name="root">The workflow's.</param>
    public async Task<Result<OpenedRun>> OpenAsync(
        Run run,
        RefMove? move,
        IMirror mirror,
        string root,
        CancellationToken cancellationToken
    )
    {
        if (states.RuleOf(run) is not { } rule || ApprovedThing.Of(run) is not { } thing)
            return new OpenedRun(run, []);
        var before = await FromLaneAsync(run, thing, move, mirror, root, cancellationToken);
        if (before.Failed(out var unread))
            return unread;
        var proposed = await FromPullRequestAsync(run, thing, move, cancellationToken);
        var carried = before.Value.Concat(proposed.Approvals).DistinctBy(approval => approval.PersonUid);
        var opened = await OpenAsync(run, rule, thing, [.. carried], cancellationToken);
        return opened with { Changes = [.. opened.Changes, .. proposed.Changes] };
    }

    private async Task<OpenedRun> OpenAsync(
        Run run,
        EnvironmentRule rule,
        ApprovedThing thing,
        IReadOnlyList<Approval> found,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var request = new ApprovalRequest(run.Id, 1, 0, now, now + rule.Approvals!.Within);
        var carried = found.Select(approval => Carry(approval, run, thing)).ToList();
        var standing = await states.CountAsync(run, rule, request, carried, cancellationToken);
        var placed = ApprovalFlow.Place(run, standing, rule.Approvals);
        if (run.Reason is { } warnings)
            placed = placed with { Reason = placed.Reason is null ? warnings : $"{placed.Reason}; {warnings}" };
        List<Change> changes = [new AddApprovalRequest(request)];
        foreach (var approval in carried)
            changes.AddRange([
                new AddApproval(approval),
                new AddTimeline(
                    run.Id,
                    new TimelineEntry(
                        now,
                        ApprovalWords.Step,
                        $"an approval of run {approval.CarriedFrom} stands: the same is asked for"
                    )
                ),
                audit.Record(ApprovalEntries.Given(run, approval)),
            ]);
        if (placed.State != RunState.Queued)
            changes.AddRange(ApprovalFlow.Await(placed, rule.Approvals, request, now));
        return new OpenedRun(placed, changes);
    }

    /// <summary>Given for a commit, it stands for another one only when that asks for the same thing.</summary>
    private static Approval Carry(Approval approval, Run run, ApprovedThing thing) =>
        approval with
        {
            Uid = Approval.NewUid(),
            Run = run.Id,
            Generation = 1,
            Thing = thing,
            CarriedFrom = approval.Run,
        };

    /// <summary>
    /// From the last run on the ref: when it asked for the same, and the ref has gone forward since without anybody touching what is under the root,
    /// not even to take it back later (THREATS T107).
    /// </summary>
    private async Task<Result<IReadOnlyList<Approval>>> FromLaneAsync(
        Run run,
        ApprovedThing thing,
        RefMove? move,
        IMirror mirror,
        string root,
        CancellationToken cancellationToken
    )
    {
        if (move is not (null or RefMove.Forward))
            return Result.Of<IReadOnlyList<Approval>>([]);
        var lane = await approvals.ListLaneAsync(
            run.Repository,
            run.Ref,
            run.Workflow,
            run.Environment!,
            limit: 1,
            cancellationToken
        );
        if (lane is not [var last] || !MayPassOn(last) || ApprovedThing.Of(last)?.AsksTheSameAs(thing) != true)
            return Result.Of<IReadOnlyList<Approval>>([]);
        if (last.Commit != run.Commit)
        {
            var follows = await mirror.IsAncestorAsync(last.Commit, run.Commit, cancellationToken);
            if (follows.Failed(out var unknown))
                return unknown;
            var touched = await mirror.ListCommitsAsync(last.Commit, run.Commit, root, limit: 1, cancellationToken);
            if (touched.Failed(out var unread))
                return unread;
            if (follows.Value != true || touched.Value.Count > 0)
                return Result.Of<IReadOnlyList<Approval>>([]);
        }
        return Result.Of(await CountingAsync(last, cancellationToken));
    }

    /// <summary>Canceled, expired and replaced runs take their approvals with them.</summary>
    private static bool MayPassOn(Run run) =>
        run.State is not (RunState.Canceled or RunState.Refused or RunState.Superseded);

    /// <summary>
    /// From a pull request into this branch that asked for the same: the merge brought exactly what was approved (THREATS T105). Once.
    /// </summary>
    private async Task<(IReadOnlyList<Approval> Approvals, IReadOnlyList<Change> Changes)> FromPullRequestAsync(
        Run run,
        ApprovedThing thing,
        RefMove? move,
        CancellationToken cancellationToken
    )
    {
        if (run.PullRequest is not null || run.Trigger.IsSchedule || move != RefMove.Forward)
            return ([], []);
        var candidates = await approvals.ListProposedAsync(
            run.Repository,
            run.Workflow,
            run.Environment!,
            thing.Content,
            cancellationToken
        );
        foreach (var candidate in candidates.Where(run => run.State is not (RunState.Canceled or RunState.Refused)))
        {
            if (ApprovedThing.Of(candidate)?.AsksTheSameAs(thing) != true)
                continue;
            if (!await IsProposedHereAsync(candidate, run, cancellationToken))
                continue;
            var counting = await CountingAsync(candidate, cancellationToken);
            if (counting.Count == 0 || await approvals.FindAsync(candidate.Id, cancellationToken) is not { } request)
                continue;
            return (counting, [new SaveApprovalRequest(request with { CarriedTo = run.Id })]);
        }
        return ([], []);
    }

    private async Task<bool> IsProposedHereAsync(Run candidate, Run run, CancellationToken cancellationToken) =>
        await repositories.FindPullRequestAsync(candidate.Repository, candidate.PullRequest!.Value, cancellationToken)
            is { FromFork: false, State: not PullRequestState.Closed } pullRequest
        && pullRequest.Base == run.Ref
        && pullRequest.Head == candidate.Commit;

    private async Task<IReadOnlyList<Approval>> CountingAsync(Run run, CancellationToken cancellationToken) =>
        (await states.ReadAsync(run, cancellationToken))?.Standing.Counting ?? [];
}
