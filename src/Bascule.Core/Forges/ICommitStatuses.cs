namespace Bascule.Core.Forges;

/// <summary>The role of a forge that keeps commit statuses (Gitea, Forgejo; not Gogs).</summary>
public interface ICommitStatuses
{
    Task<Result<Done>> SetStatusAsync(
        ForgeRepository repository,
        CommitId commit,
        CommitStatus status,
        CancellationToken cancellationToken
    );

    /// <summary>The newest status of each context, with who wrote it: a status that we did not write is a forgery (THREATS T135).</summary>
    Task<Result<IReadOnlyList<PostedStatus>>> ListStatusesAsync(
        ForgeRepository repository,
        CommitId commit,
        CancellationToken cancellationToken
    );
}

public enum CommitStatusState
{
    Pending,
    Success,
    Failure,
    Error,
}

/// <param name="Context">At most 255 bytes, e.g. <c>bascule/churn</c>.</param>
/// <param name="Description">At most 140 characters; connectors cut longer ones.</param>
/// <param name="Target">The run's page; null where there is none.</param>
public sealed record CommitStatus(CommitStatusState State, string Context, string Description, Uri? Target);

/// <param name="CreatorId">The forge account that wrote it.</param>
public sealed record PostedStatus(CommitStatusState State, string Context, string Description, long CreatorId);

/// <summary>The role of a forge on which Bascule tells red from green by an issue, for want of commit statuses (Gogs).</summary>
public interface IIssues
{
    Task<Result<long>> OpenIssueAsync(
        ForgeRepository repository,
        string title,
        string markdown,
        CancellationToken cancellationToken
    );

    /// <summary>Comments, then opens or closes. NotFound when the issue is gone.</summary>
    Task<Result<Done>> SetIssueStateAsync(
        ForgeRepository repository,
        long number,
        bool open,
        string markdown,
        CancellationToken cancellationToken
    );
}
