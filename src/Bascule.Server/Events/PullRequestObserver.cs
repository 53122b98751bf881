using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.Work;
using Bascule.Server.Approvals;
using Bascule.Server.Reports;

namespace Bascule.Server.Events;

/// <summary>What a look at a pull request's head found.</summary>
/// <param name="Head">Null when the forge has no head ref for it.</param>
/// <param name="Update">Null when the head is where Bascule last saw it.</param>
internal sealed record PullRequestSight(CommitId? Head, RefUpdate? Update, IReadOnlyList<Change> Changes)
{
    /// <summary>Whether the head is the commit that the hook named; false when the hook named none.</summary>
    public bool IsAt(CommitId? claimed) => claimed is not null && claimed == Head;
}

/// <summary>Fetches head and base of a pull request together, so that both are judged as they were at one moment.</summary>
internal sealed class PullRequestObserver(
    RefObserver refs,
    PullRequestPlanner planner,
    IRepositoryStore repositories,
    ApprovalFollowing approvals,
    TimeProvider time
)
{
    /// <param name="former">As it was known before; null when it is new, or nothing but its head can have changed.</param>
    public async Task<Result<PullRequestSight>> LookAsync(
        OpenRepository repository,
        PullRequest pullRequest,
        PullRequest? former,
        LookCause cause,
        CancellationToken cancellationToken
    )
    {
        var headRef = RefName.PullRequestHead(pullRequest.Number);
        var fetched = await repository.Mirror.FetchAsync(
            repository.Access,
            [headRef, pullRequest.Base],
            cancellationToken
        );
        if (fetched.Failed(out var problem))
            return problem;
        if (!fetched.Value.TryGetValue(headRef, out var head))
            return new PullRequestSight(Head: null, Update: null, Changes: []);
        var moved = await refs.CompareAsync(repository, headRef, head, cause, cancellationToken);
        if (moved.Failed(out var uncompared))
            return uncompared;
        List<Change> changes =
        [
            new SavePullRequest(pullRequest with { Head = head }),
            .. ReportWork.PullRequest(repository.Key, pullRequest.Number, time.GetUtcNow()),
        ];
        var turned = former is not null && HasTurned(former, pullRequest);
        if (moved.Value is null && !turned)
            return new PullRequestSight(head, Update: null, changes);
        if (
            moved.Value is null
            && (await RepositoryLookup.ConfirmAsync(repository, cancellationToken)).Failed(out var other)
        )
            return other;
        var update = moved.Value ?? await StandingAsync(repository, headRef, head, cause, cancellationToken);
        var baseTip = fetched.Value.TryGetValue(pullRequest.Base, out var tip) ? tip : (CommitId?)null;
        var planned = await planner.PlanAsync(
            repository,
            pullRequest,
            update,
            baseTip,
            again: turned && moved.Value is null,
            fresh: turned,
            cancellationToken
        );
        if (planned.Failed(out var unplanned))
            return unplanned;
        var followed = turned
            ? Result.Of(await approvals.TurnedAsync(former!, pullRequest, cancellationToken))
            : await approvals.MovedAsync(repository, update, planned.Value, cancellationToken);
        if (followed.Failed(out var unfollowed))
            return unfollowed;
        changes.AddRange([.. planned.Value, .. followed.Value]);
        return moved.Value is null
            ? new PullRequestSight(head, Update: null, changes)
            : new PullRequestSight(
                head,
                update,
                [new RecordRefUpdate(update), .. changes, .. RewriteNote.For(update, planned.Value)]
            );
    }

    /// <summary>It means something else now, wherever its head is.</summary>
    private static bool HasTurned(PullRequest former, PullRequest now) =>
        now.State == PullRequestState.Open && (former.Base != now.Base || former.State == PullRequestState.Closed);

    /// <summary>The head where it was; never recorded.</summary>
    private async Task<RefUpdate> StandingAsync(
        OpenRepository repository,
        RefName name,
        CommitId head,
        LookCause cause,
        CancellationToken cancellationToken
    )
    {
        var known = await repositories.FindRefAsync(repository.Key, name, cancellationToken);
        return new RefUpdate(
            repository.Key,
            name,
            known?.Generation ?? 0,
            head,
            head,
            RefMove.Forward,
            cause.By,
            cause.Delivery,
            time.GetUtcNow()
        );
    }
}
