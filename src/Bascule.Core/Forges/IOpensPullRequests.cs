namespace Bascule.Core.Forges;

/// <summary>The role of a forge on which Bascule can open a pull request itself (Gitea, Forgejo; not Gogs, whose API has no call for it).</summary>
public interface IOpensPullRequests
{
    /// <summary>The number of the open pull request from one branch of this repository into another; null when there is none.</summary>
    Task<Result<long?>> FindOpenPullRequestAsync(
        ForgeRepository repository,
        RefName head,
        RefName target,
        CancellationToken cancellationToken
    );

    /// <summary>Its number. Conflict when one is open from that branch into the other already; NotFound when one of the branches is not there.</summary>
    Task<Result<long>> OpenPullRequestAsync(
        ForgeRepository repository,
        NewPullRequest pullRequest,
        CancellationToken cancellationToken
    );
}

/// <param name="Head">A branch of the same repository.</param>
/// <param name="Target">The branch that it wants to go into.</param>
/// <param name="Title">One line of plain text.</param>
public sealed record NewPullRequest(RefName Head, RefName Target, string Title, string Markdown);

/// <summary>The role of a forge that has a page on which a person compares two branches and opens a pull request (Gogs).</summary>
public interface IComparePages
{
    /// <summary>Makes no call.</summary>
    Uri ComparePageOf(ForgeRepository repository, RefName head, RefName target);
}
