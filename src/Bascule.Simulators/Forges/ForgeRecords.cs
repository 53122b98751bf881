namespace Bascule.Simulators.Forges;

/// <summary>What a collaborator may do.</summary>
public enum ForgeAccess
{
    None,
    Read,
    Write,
    Admin,
}

/// <summary>A pull request as it was when asked for.</summary>
public sealed record ForgePullRequest(
    long Id,
    long Number,
    string Title,
    string Body,
    string Poster,
    string State,
    string HeadRepository,
    string HeadBranch,
    string HeadSha,
    string BaseBranch,
    bool IsMerged,
    string? MergeCommit
);

/// <summary>An issue as it was when asked for; pull requests are not in this list.</summary>
public sealed record ForgeIssue(
    long Id,
    long Number,
    string Title,
    string Body,
    string Poster,
    string State,
    IReadOnlyList<string> Labels
);

/// <summary>A comment on an issue or a pull request.</summary>
public sealed record ForgeComment(long Id, long IssueNumber, string Author, string Body, DateTimeOffset UpdatedAt);

/// <summary>A commit status; <paramref name="Id"/> counts per commit, as Gitea does.</summary>
public sealed record ForgeCommitStatus(
    long Id,
    string Sha,
    string State,
    string Context,
    string Description,
    string TargetUrl,
    string Creator,
    DateTimeOffset CreatedAt
);

/// <summary>A webhook registration; the secret is here because this is the far side of the wire.</summary>
public sealed record ForgeHook(
    long Id,
    string Repository,
    string Url,
    string ContentType,
    string Secret,
    IReadOnlyList<string> Events,
    bool IsActive
);

/// <summary>One webhook delivery, tried once; <paramref name="Status"/> is null when there was no answer.</summary>
public sealed record ForgeDelivery(
    string Uuid,
    long HookId,
    string Repository,
    string Event,
    string Url,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    string Body,
    int? Status,
    string? Error,
    bool WasDropped
);

/// <summary>One request the simulator received, kept for canary tests; git packs are not kept.</summary>
public sealed record ForgeRequest(
    string Method,
    string Path,
    string Query,
    string? Authorization,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    string Body,
    int Status
);

/// <summary>An in-process action that the forge itself would have refused.</summary>
public sealed class ForgeRefusedException : Exception
{
    public ForgeRefusedException(int status, string message)
        : base(message) => Status = status;

    public ForgeRefusedException()
        : this(500, "refused") { }

    public ForgeRefusedException(string message)
        : this(500, message) { }

    public ForgeRefusedException(string message, Exception innerException)
        : base(message, innerException) => Status = 500;

    /// <summary>The HTTP status a caller over the wire would have seen.</summary>
    public int Status { get; }
}
