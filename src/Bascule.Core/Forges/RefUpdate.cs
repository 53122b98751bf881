using Bascule.Core.Work;

namespace Bascule.Core.Forges;

/// <summary>A ref that really moved at the forge: the event that everything else follows from. A replayed hook makes none; A, B, A, B makes four.</summary>
/// <param name="Generation">How often the ref's recorded tip has changed, from 1.</param>
/// <param name="Before">Null when Bascule had not seen the ref, or it had been deleted.</param>
/// <param name="After">Null when it was deleted.</param>
/// <param name="By">Whom the hook names: asserted. Null when no hook named anybody.</param>
public sealed record RefUpdate(
    RepositoryKey Repository,
    RefName Ref,
    long Generation,
    CommitId? Before,
    CommitId? After,
    RefMove Move,
    ForgeAccount? By,
    string? Delivery,
    DateTimeOffset At
)
{
    /// <summary>How late it was seen; null when it was noted while connecting, which is neither early nor late.</summary>
    public Lateness? Late { get; init; }
}

/// <param name="Time">Never negative: clocks differ.</param>
public sealed record Lateness(TimeSpan Time, LateSince Since);

/// <summary>What lateness is counted from.</summary>
public enum LateSince
{
    /// <summary>A hook told of it: since the delivery came in.</summary>
    Delivery,

    /// <summary>No hook told of it: since the forge says the repository last changed.</summary>
    ForgeTime,

    /// <summary>No hook told of it, and the forge does not say when: since the ref was last known to be unmoved. An upper bound.</summary>
    LastComparison,
}

public enum RefMove
{
    Created,
    Forward,

    /// <summary>The former tip is not an ancestor of the new one, or a tag moved.</summary>
    Rewritten,
    Deleted,
}

/// <summary>A ref as Bascule last saw it at the forge.</summary>
/// <param name="Tip">Null after a deletion; the generation stays.</param>
public sealed record KnownRef(RefName Ref, CommitId? Tip, long Generation, DateTimeOffset At);

/// <summary>Records the move. Conflict unless the ref's generation is still one less.</summary>
public sealed record RecordRefUpdate(RefUpdate Update) : Change;

/// <summary>A pull request as Bascule knows it: from signed hooks, its head from the forge's own ref.</summary>
public sealed record PullRequest
{
    public required RepositoryKey Repository { get; init; }
    public required long Number { get; init; }
    public required string Title { get; init; }
    public required RefName Base { get; init; }
    public required string HeadBranch { get; init; }
    public required bool FromFork { get; init; }
    public required PullRequestState State { get; init; }
    public CommitId? Head { get; init; }
    public CommitId? MergeCommit { get; init; }
    public ForgeAccount? Author { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
}

public enum PullRequestState
{
    Open,
    Closed,
    Merged,
}

public sealed record SavePullRequest(PullRequest PullRequest) : Change;

/// <summary>Remembers what a repository is called now.</summary>
public sealed record SaveRepository(RepositoryKey Key, ForgeRepository Repository) : Change;

/// <summary>What Bascule knows of repositories.</summary>
public interface IRepositoryStore
{
    Task<ForgeRepository?> FindAsync(RepositoryKey key, CancellationToken cancellationToken);

    Task<IReadOnlyList<(RepositoryKey Key, ForgeRepository Repository)>> ListAsync(CancellationToken cancellationToken);

    Task<KnownRef?> FindRefAsync(RepositoryKey key, RefName name, CancellationToken cancellationToken);

    Task<RefUpdate?> FindUpdateAsync(
        RepositoryKey key,
        RefName name,
        long generation,
        CancellationToken cancellationToken
    );

    /// <summary>Oldest first.</summary>
    Task<IReadOnlyList<RefUpdate>> ListUpdatesAsync(RepositoryKey key, CancellationToken cancellationToken);

    Task<PullRequest?> FindPullRequestAsync(RepositoryKey key, long number, CancellationToken cancellationToken);

    /// <summary>By number. A status stands on a commit, so it speaks for all of these at once.</summary>
    Task<IReadOnlyList<PullRequest>> ListPullRequestsAsync(
        RepositoryKey key,
        CommitId head,
        CancellationToken cancellationToken
    );

    /// <summary>Those that are open, newest first, at most so many.</summary>
    Task<IReadOnlyList<PullRequest>> ListOpenPullRequestsAsync(
        RepositoryKey key,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>The pull request whose merge made this commit, if a hook said so.</summary>
    Task<PullRequest?> FindMergedAsAsync(RepositoryKey key, CommitId mergeCommit, CancellationToken cancellationToken);
}
