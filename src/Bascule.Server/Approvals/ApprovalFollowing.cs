using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Core.Workflows;
using Bascule.Server.Events;
using Bascule.Server.Workflows;

namespace Bascule.Server.Approvals;

/// <summary>
/// What becomes of runs that wait, and of their approvals, when a ref moves or a pull request changes: stored in the transaction that records the move.
/// Approvals that do not go on to the next run are void, and say why.
/// </summary>
internal sealed class ApprovalFollowing(
    IApprovalStore approvals,
    IRepositoryStore repositories,
    WorkflowSource workflows,
    RunPlanner planner,
    ApprovalStates states,
    ApprovalFlow flow,
    TimeProvider time
)
{
    /// <param name="planned">What follows from the move, the new runs among it.</param>
    public async Task<Result<IReadOnlyList<Change>>> MovedAsync(
        OpenRepository repository,
        RefUpdate update,
        IReadOnlyList<Change> planned,
        CancellationToken cancellationToken
    )
    {
        var passedOn = planned.OfType<SaveApprovalRequest>().Select(save => save.Request.Run).ToHashSet();
        var changes = new List<Change>();
        foreach (var run in await approvals.ListOpenAsync(repository.Key, cancellationToken))
        {
            if (run.Ref == update.Ref)
                changes.AddRange(await FollowAsync(run, update, planned, cancellationToken));
            else if (run.PullRequest is not null && update.Ref.IsBranch && !passedOn.Contains(run.Id))
            {
                var followed = await FollowBaseAsync(repository, run, update, cancellationToken);
                if (followed.Failed(out var problem))
                    return problem;
                changes.AddRange(followed.Value);
            }
        }
        return Result.Of<IReadOnlyList<Change>>(changes);
    }

    /// <summary>Runs that wait and that one of these replaces: at a planned time nothing moves.</summary>
    public async Task<IReadOnlyList<Change>> ReplacedAsync(
        RepositoryKey repository,
        IReadOnlyList<Change> planned,
        CancellationToken cancellationToken
    )
    {
        var changes = new List<Change>();
        foreach (var run in await approvals.ListOpenAsync(repository, cancellationToken))
            if (FindSuccessor(run, planned) is { } successor)
                changes.AddRange(await ReplaceAsync(run, successor, planned, cancellationToken));
        return changes;
    }

    /// <summary>It goes into another branch now, or was opened again: nothing that was approved before counts (THREATS T99).</summary>
    public Task<IReadOnlyList<Change>> TurnedAsync(
        PullRequest former,
        PullRequest now,
        CancellationToken cancellationToken
    ) =>
        EndAllAsync(
            now,
            former.Base == now.Base
                ? $"pull request {now.Number} was opened again"
                : $"pull request {now.Number} goes into '{now.Base.ShortName}' now, not into '{former.Base.ShortName}'",
            cancellationToken
        );

    /// <summary>A merge keeps what was approved for the run that it makes.</summary>
    public async Task<IReadOnlyList<Change>> EndedAsync(PullRequest pullRequest, CancellationToken cancellationToken)
    {
        if (pullRequest.State != PullRequestState.Merged)
            return await EndAllAsync(pullRequest, $"pull request {pullRequest.Number} was closed", cancellationToken);
        var because = $"pull request {pullRequest.Number} was merged; the run of the merge waits for what is missing";
        return
        [
            .. (await OfAsync(pullRequest, cancellationToken))
                .Where(run => run.State == RunState.AwaitingApproval)
                .SelectMany(run => flow.End(run, RunState.Superseded, because)),
        ];
    }

    private async Task<IReadOnlyList<Change>> EndAllAsync(
        PullRequest pullRequest,
        string because,
        CancellationToken cancellationToken
    )
    {
        var changes = new List<Change>();
        foreach (var run in await OfAsync(pullRequest, cancellationToken))
            changes.AddRange(await EndAsync(run, because, [], cancellationToken));
        return changes;
    }

    private async Task<IEnumerable<Run>> OfAsync(PullRequest pullRequest, CancellationToken cancellationToken) =>
        (await approvals.ListOpenAsync(pullRequest.Repository, cancellationToken)).Where(run =>
            run.PullRequest == pullRequest.Number
        );

    /// <summary>A move that no run follows from leaves the one that waits: it stands for its own commit. Unless history was rewritten under it (THREATS T106).</summary>
    private async Task<IReadOnlyList<Change>> FollowAsync(
        Run run,
        RefUpdate update,
        IReadOnlyList<Change> planned,
        CancellationToken cancellationToken
    )
    {
        if (FindSuccessor(run, planned) is { } successor)
            return await ReplaceAsync(run, successor, planned, cancellationToken);
        return update.Move switch
        {
            _ when run.PullRequest is { } number => await EndAsync(
                run,
                $"pull request {number} is at {update.After?.Short} now",
                planned,
                cancellationToken
            ),
            RefMove.Deleted => await EndAsync(run, $"{run.Ref.ShortName} was deleted", planned, cancellationToken),
            RefMove.Rewritten => await EndAsync(
                run,
                $"history rewritten: {run.Ref.ShortName} is at {update.After?.Short} now",
                planned,
                cancellationToken
            ),
            _ => [],
        };
    }

    private static Run? FindSuccessor(Run run, IReadOnlyList<Change> planned) =>
        planned
            .OfType<AddRun>()
            .Select(add => add.Run)
            .FirstOrDefault(other =>
                other.State != RunState.Refused
                && other.Ref == run.Ref
                && other.Workflow == run.Workflow
                && other.Environment == run.Environment
                && other.Trigger.IsNewerThan(run.Trigger)
            );

    private async Task<IReadOnlyList<Change>> ReplaceAsync(
        Run run,
        Run successor,
        IReadOnlyList<Change> planned,
        CancellationToken cancellationToken
    )
    {
        var carried = planned
            .OfType<AddApproval>()
            .Where(add => add.Approval.Run == successor.Id && add.Approval.CarriedFrom == run.Id)
            .Select(add => add.Approval.PersonUid)
            .ToHashSet(StringComparer.Ordinal);
        var given = await approvals.ReadAsync(run.Id, cancellationToken);
        var name = run.PullRequest is { } number ? $"pull request {number}" : run.Ref.ShortName;
        var because = $"{name} is at {successor.Commit.Short} now, and what would run there is something else";
        return
        [
            .. flow.Void(run, given.Where(approval => !carried.Contains(approval.PersonUid)), because),
            .. IsEnded(run, planned)
                ? []
                : flow.End(run, RunState.Superseded, $"superseded by run {successor.Id} of {successor.Commit.Short}"),
        ];
    }

    private async Task<IReadOnlyList<Change>> EndAsync(
        Run run,
        string because,
        IReadOnlyList<Change> planned,
        CancellationToken cancellationToken
    ) =>
        [
            .. flow.Void(run, await approvals.ReadAsync(run.Id, cancellationToken), because),
            .. IsEnded(run, planned) ? [] : flow.End(run, RunState.Superseded, because),
        ];

    /// <summary>Somebody else has a reason of their own; a run is stored once in a transaction.</summary>
    private static bool IsEnded(Run run, IReadOnlyList<Change> planned) =>
        planned.OfType<SaveRun>().Any(save => save.Run.Id == run.Id);

    /// <summary>A plan is for a head and its base: when the base moves so that it matters, it is made again (THREATS T104).</summary>
    private async Task<Result<IReadOnlyList<Change>>> FollowBaseAsync(
        OpenRepository repository,
        Run run,
        RefUpdate update,
        CancellationToken cancellationToken
    )
    {
        var pullRequest = await repositories.FindPullRequestAsync(
            run.Repository,
            run.PullRequest!.Value,
            cancellationToken
        );
        if (pullRequest is not { State: PullRequestState.Open } || pullRequest.Base != update.Ref)
            return Nothing;
        if (update.After is not { } tip || states.RuleOf(run) is not { } rule)
            return Nothing;
        var merged = await repository.Mirror.IsAncestorAsync(run.Commit, tip, cancellationToken);
        if (merged.Failed(out var unread))
            return unread;
        if (merged.Value == true)
            return Nothing;
        var touched = await TouchesAsync(repository, run, update, tip, cancellationToken);
        if (touched.Failed(out var unknown))
            return unknown;
        return !touched.Value ? Nothing
            : run.OnMerge
                ? Result.Of(await AskAgainAsync(run with { BaseCommit = tip }, rule, update, cancellationToken))
            : await ReplanAsync(repository, run, rule, update, tip, cancellationToken);
    }

    private static Result<IReadOnlyList<Change>> Nothing { get; } = Result.Of<IReadOnlyList<Change>>([]);

    private async Task<Result<bool>> TouchesAsync(
        OpenRepository repository,
        Run run,
        RefUpdate update,
        CommitId tip,
        CancellationToken cancellationToken
    )
    {
        if (update is not { Move: RefMove.Forward, Before: { } before })
            return true;
        var policy = run.OnMerge ? run.Commit : run.BaseCommit ?? run.Commit;
        var workflow = await workflows.ReadAsync(repository.Mirror, policy, run.Workflow, cancellationToken);
        if (workflow.Failed(out var unread))
            return unread.IsTransient ? unread : true;
        foreach (var path in (string[])[workflow.Value.Root, WorkflowFile.Path])
        {
            var commits = await repository.Mirror.ListCommitsAsync(before, tip, path, limit: 1, cancellationToken);
            if (commits.Failed(out var unlisted))
                return unlisted;
            if (commits.Value.Count > 0)
                return true;
        }
        return false;
    }

    private async Task<Result<IReadOnlyList<Change>>> ReplanAsync(
        OpenRepository repository,
        Run run,
        EnvironmentRule rule,
        RefUpdate update,
        CommitId tip,
        CancellationToken cancellationToken
    )
    {
        var workflow = await workflows.ReadAsync(repository.Mirror, tip, run.Workflow, cancellationToken);
        if (workflow.Failed(out var unread) && unread.IsTransient)
            return unread;
        if (unread is not null || workflow.Value.PullRequest?.Environment != run.Environment)
            return Result.Of(
                await EndAsync(run, $"{update.Ref.ShortName} does not ask for this run any more", [], cancellationToken)
            );
        var again = await planner.ReplanAsync(repository, run, workflow.Value, cancellationToken);
        if (again.Failed(out var unplanned))
            return unplanned.IsTransient
                ? unplanned
                : Result.Of(await EndAsync(run, unplanned.Message, [], cancellationToken));
        return ApprovedThing.Of(again.Value) == ApprovedThing.Of(run)
            ? Nothing
            : Result.Of(await AskAgainAsync(again.Value with { BaseCommit = tip }, rule, update, cancellationToken));
    }

    /// <summary>The same run asks anew, and nothing given before counts, even if the plan should come back.</summary>
    private async Task<IReadOnlyList<Change>> AskAgainAsync(
        Run run,
        EnvironmentRule rule,
        RefUpdate update,
        CancellationToken cancellationToken
    )
    {
        if (await approvals.FindAsync(run.Id, cancellationToken) is not { } request)
            return [];
        var because = $"{update.Ref.ShortName} moved to {update.After?.Short} and changed what this is based on";
        var hint = run.OnMerge
            ? $"{because}: bring the branch up to date, or the merge needs an approval of its own"
            : because;
        var none = new ApprovalStanding(rule.Approvals!.Required, [], [], rule.DemandsProven);
        var raised = request with
        {
            Generation = request.Generation + 1,
            ExpiresAt = time.GetUtcNow() + rule.Approvals.Within,
        };
        return
        [
            .. flow.Void(run, await approvals.ReadAsync(run.Id, cancellationToken), because),
            flow.Note(run, hint),
            .. await flow.FollowAsync(run, rule, raised, none, cancellationToken),
        ];
    }
}
