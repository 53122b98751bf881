namespace Bascule.Core.Forges;

/// <summary>The role of a forge that tells how a pull request stands when it is asked, not only by its hooks.</summary>
public interface IPullRequests
{
    /// <summary>NotFound when there is no pull request with this number.</summary>
    Task<Result<PullRequestStanding>> FindPullRequestAsync(
        ForgeRepository repository,
        long number,
        CancellationToken cancellationToken
    );
}

/// <param name="MergeCommit">Null while it is not merged, and where the forge does not say (Gogs).</param>
public sealed record PullRequestStanding(PullRequestState State, CommitId? MergeCommit);
