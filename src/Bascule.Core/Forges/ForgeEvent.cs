namespace Bascule.Core.Forges;

/// <summary>What a signed delivery claims has happened. Only a hint: Bascule asks the forge where the ref points (ARCHITECTURE 1.1).</summary>
public abstract record ForgeEvent;

/// <summary>A branch or tag was created, moved or deleted.</summary>
/// <param name="RepositoryId">The forge's numeric id; must be the webhook's own repository.</param>
/// <param name="After">Null when the payload does not say (create and delete hooks).</param>
public sealed record RefHint(long RepositoryId, RefName Ref, CommitId? Before, CommitId? After, ForgeAccount? Pusher)
    : ForgeEvent;

/// <summary>A pull request was opened, got commits, was edited, closed or merged.</summary>
public sealed record PullRequestHint : ForgeEvent
{
    /// <summary>The base repository's numeric id; must be the webhook's own repository.</summary>
    public required long RepositoryId { get; init; }
    public required long Number { get; init; }
    public required PullRequestAction Action { get; init; }
    public required string Title { get; init; }
    public required RefName Base { get; init; }
    public required string HeadBranch { get; init; }

    /// <summary>Null when the head repository is gone.</summary>
    public required long? HeadRepositoryId { get; init; }

    /// <summary>Null on Gogs, whose hook does not say.</summary>
    public CommitId? Head { get; init; }
    public CommitId? MergeCommit { get; init; }
    public ForgeAccount? Author { get; init; }
    public ForgeAccount? Sender { get; init; }

    /// <summary>A head outside the base repository: such content never gets a credential (THREATS T102).</summary>
    public bool FromFork => HeadRepositoryId != RepositoryId;
}

public enum PullRequestAction
{
    Opened,
    Synchronized,
    Edited,
    Reopened,
    Closed,
    Merged,
}

/// <summary>The forge's test button, or our own probe.</summary>
public sealed record PingHint(long RepositoryId) : ForgeEvent;

/// <summary>A well-formed delivery that changes nothing for us.</summary>
/// <param name="Because">For the delivery's page and the log, e.g. "not a branch or tag".</param>
public sealed record IgnoredEvent(string Because) : ForgeEvent;
