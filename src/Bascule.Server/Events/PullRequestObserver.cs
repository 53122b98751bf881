using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.Work;
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
internal sealed class PullRequestObserver(RefObserver refs, PullRequestPlanner planner, TimeProvider time)
{
    public async Task<Result<PullRequestSight>> LookAsync(
        OpenRepository repository,
        PullRequest pullRequest,
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
            ReportWork.PullRequest(repository.Key, pullRequest.Number, time.GetUtcNow()),
        ];
        if (moved.Value is not { } update)
            return new PullRequestSight(head, Update: null, changes);
        var baseTip = fetched.Value.TryGetValue(pullRequest.Base, out var tip) ? tip : (CommitId?)null;
        var planned = await planner.PlanAsync(repository, pullRequest, update, baseTip, cancellationToken);
        return planned.Failed(out var unplanned)
            ? unplanned
            : new PullRequestSight(
                head,
                update,
                [new RecordRefUpdate(update), .. changes, .. planned.Value, .. RewriteNote.For(update, planned.Value)]
            );
    }
}
