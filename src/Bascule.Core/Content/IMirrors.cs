using Bascule.Core.Forges;
using Bascule.Core.Signatures;

namespace Bascule.Core.Content;

/// <summary>Bascule's own bare copies of repositories: caches, one per repository, fetched by the hardened git command line (THREATS D).</summary>
public interface IMirrors
{
    /// <summary>Opens the mirror, making it when it is not there. Makes no network call.</summary>
    Task<Result<IMirror>> OpenAsync(RepositoryKey key, CancellationToken cancellationToken);
}

/// <summary>
/// One bare mirror. Reads may run side by side; fetches of one mirror run one after the other.
/// Everything is bounded (bytes, objects, depth, time); what exceeds a bound answers Limited and leaves the mirror usable.
/// </summary>
public interface IMirror
{
    /// <summary>
    /// Fetches the named refs and answers where each one points at the forge; a ref that is not there is absent from the answer.
    /// Unavailable: the forge did not answer. Denied: the credential was not taken.
    /// </summary>
    Task<Result<IReadOnlyDictionary<RefName, CommitId>>> FetchAsync(
        GitAccess access,
        IReadOnlyCollection<RefName> refs,
        CancellationToken cancellationToken
    );

    /// <summary>Where the named refs point at the forge, by one listing, without fetching objects.</summary>
    Task<Result<IReadOnlyDictionary<RefName, CommitId>>> ListRemoteAsync(
        GitAccess access,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Brings one commit with its history, whether or not a ref still leads to it: another replica may have looked, or the mirror may be new.
    /// NotFound when the forge does not have it any more.
    /// </summary>
    Task<Result<Done>> FetchCommitAsync(GitAccess access, CommitId commit, CancellationToken cancellationToken);

    /// <summary>
    /// Paths that differ between the two trees, renames as both paths; every path of <paramref name="after"/> when <paramref name="before"/> is
    /// null or not an object we have. NotFound when <paramref name="after"/> is not here.
    /// </summary>
    Task<Result<IReadOnlyList<string>>> ChangedPathsAsync(
        CommitId? before,
        CommitId after,
        CancellationToken cancellationToken
    );

    /// <summary>The bytes of one regular file, or null when the commit has no such file. Limited when it is larger than the bound.</summary>
    Task<Result<ReadOnlyMemory<byte>?>> ReadFileAsync(
        CommitId commit,
        string path,
        int maxBytes,
        CancellationToken cancellationToken
    );

    /// <param name="root">A folder relative to the repository, or empty for all of it. NotFound when it is not a folder of the commit.</param>
    Task<Result<IContentTree>> ReadTreeAsync(CommitId commit, string root, CancellationToken cancellationToken);

    /// <summary>The commit where two histories parted; null when they have nothing in common, or one of them is not here.</summary>
    Task<Result<CommitId?>> FindMergeBaseAsync(CommitId one, CommitId other, CancellationToken cancellationToken);

    /// <summary>Whether history went forward; false means that it was rewritten. Null when <paramref name="ancestor"/> is not here any more.</summary>
    Task<Result<bool?>> IsAncestorAsync(CommitId ancestor, CommitId descendant, CancellationToken cancellationToken);

    /// <summary>
    /// Commits that lead to <paramref name="to"/> and not to <paramref name="from"/>, newest first, at most <paramref name="limit"/>. With a path those
    /// alone that change something under it, whether or not a later one takes that back.
    /// </summary>
    Task<Result<IReadOnlyList<CommitId>>> ListCommitsAsync(
        CommitId from,
        CommitId to,
        string path,
        int limit,
        CancellationToken cancellationToken
    );

    Task<Result<CommitSummary>> DescribeAsync(CommitId commit, CancellationToken cancellationToken);

    /// <summary>
    /// Whose signature the commit itself carries, of these keys and no others; its ancestors are not looked at. Unavailable when a program that is needed is not
    /// installed, NotFound when the commit is not here.
    /// </summary>
    Task<Result<CommitSignature>> VerifyAsync(
        CommitId commit,
        IReadOnlyCollection<SigningKey> keys,
        CancellationToken cancellationToken
    );
}

/// <summary>What people want to see of a commit. All of it is claimed by whoever made the commit; none of it is proof.</summary>
/// <param name="Subject">First line, control characters removed, at most 200 characters.</param>
public sealed record CommitSummary(CommitId Id, string Subject, string AuthorName, DateTimeOffset At);
