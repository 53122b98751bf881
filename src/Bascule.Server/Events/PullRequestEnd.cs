using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.Work;
using Bascule.Server.Approvals;
using Bascule.Server.Reports;

namespace Bascule.Server.Events;

/// <summary>What follows when a pull request was closed or merged, whoever told of it.</summary>
internal sealed class PullRequestEnd(MergeFinder merges, ApprovalFollowing approvals, TimeProvider time)
{
    private static readonly Problem NotPushedYet = Problem.Unavailable("the base has not moved to the merge yet");

    /// <param name="isLastLook">Whether to do without the merge's commit where it cannot be found; else Unavailable.</param>
    public async Task<Result<IReadOnlyList<Change>>> ToChangesAsync(
        PullRequest ended,
        bool isLastLook,
        CancellationToken cancellationToken
    )
    {
        if (ended is { State: PullRequestState.Merged, MergeCommit: null })
        {
            var found = await merges.FindAsync(ended, cancellationToken);
            // The push of the merge may come later, in its own lane.
            if ((found.Problem is not null || found.Value is null) && !isLastLook)
                return found.Problem ?? NotPushedYet;
            ended = ended with { MergeCommit = found.Problem is null ? found.Value : null };
        }
        return Result.Of<IReadOnlyList<Change>>([
            new SavePullRequest(ended),
            .. await approvals.EndedAsync(ended, cancellationToken),
            .. ReportWork.PullRequest(ended.Repository, ended.Number, time.GetUtcNow()),
        ]);
    }
}
