using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Core.Signatures;

namespace Bascule.Server.Mirrors;

/// <summary>
/// A mirror is a cache: what a run needs and this one does not have, because another replica looked or it was made anew, is fetched when it is asked for.
/// </summary>
internal sealed class CompletingMirror(IMirror mirror, GitAccess access) : IMirror
{
    public Task<Result<IReadOnlyDictionary<RefName, CommitId>>> FetchAsync(
        GitAccess from,
        IReadOnlyCollection<RefName> refs,
        CancellationToken cancellationToken
    ) => mirror.FetchAsync(from, refs, cancellationToken);

    public Task<Result<Done>> FetchCommitAsync(GitAccess from, CommitId commit, CancellationToken cancellationToken) =>
        mirror.FetchCommitAsync(from, commit, cancellationToken);

    public Task<Result<IReadOnlyDictionary<RefName, CommitId>>> ListRemoteAsync(
        GitAccess from,
        CancellationToken cancellationToken
    ) => mirror.ListRemoteAsync(from, cancellationToken);

    public Task<Result<IReadOnlyList<string>>> ChangedPathsAsync(
        CommitId? before,
        CommitId after,
        CancellationToken cancellationToken
    ) =>
        OnceHereAsync(
            [before, after],
            () => mirror.ChangedPathsAsync(before, after, cancellationToken),
            cancellationToken
        );

    public Task<Result<ReadOnlyMemory<byte>?>> ReadFileAsync(
        CommitId commit,
        string path,
        int maxBytes,
        CancellationToken cancellationToken
    ) =>
        OnceHereAsync(
            [commit],
            () => mirror.ReadFileAsync(commit, path, maxBytes, cancellationToken),
            cancellationToken
        );

    public Task<Result<IContentTree>> ReadTreeAsync(
        CommitId commit,
        string root,
        CancellationToken cancellationToken
    ) => OnceHereAsync([commit], () => mirror.ReadTreeAsync(commit, root, cancellationToken), cancellationToken);

    public Task<Result<CommitId?>> FindMergeBaseAsync(
        CommitId one,
        CommitId other,
        CancellationToken cancellationToken
    ) => OnceHereAsync([one, other], () => mirror.FindMergeBaseAsync(one, other, cancellationToken), cancellationToken);

    public Task<Result<bool?>> IsAncestorAsync(
        CommitId ancestor,
        CommitId descendant,
        CancellationToken cancellationToken
    ) =>
        OnceHereAsync(
            [ancestor, descendant],
            () => mirror.IsAncestorAsync(ancestor, descendant, cancellationToken),
            cancellationToken
        );

    public Task<Result<IReadOnlyList<CommitId>>> ListCommitsAsync(
        CommitId from,
        CommitId to,
        string path,
        int limit,
        CancellationToken cancellationToken
    ) =>
        OnceHereAsync(
            [from, to],
            () => mirror.ListCommitsAsync(from, to, path, limit, cancellationToken),
            cancellationToken
        );

    public Task<Result<CommitSummary>> DescribeAsync(CommitId commit, CancellationToken cancellationToken) =>
        OnceHereAsync([commit], () => mirror.DescribeAsync(commit, cancellationToken), cancellationToken);

    public Task<Result<CommitSignature>> VerifyAsync(
        CommitId commit,
        IReadOnlyCollection<SigningKey> keys,
        CancellationToken cancellationToken
    ) => OnceHereAsync([commit], () => mirror.VerifyAsync(commit, keys, cancellationToken), cancellationToken);

    /// <summary>What is gone from the forge for good is left to the question itself, which has an answer for that.</summary>
    private async Task<Result<T>> OnceHereAsync<T>(
        IEnumerable<CommitId?> commits,
        Func<Task<Result<T>>> ask,
        CancellationToken cancellationToken
    )
    {
        foreach (var commit in commits.OfType<CommitId>())
        {
            var here = await mirror.DescribeAsync(commit, cancellationToken);
            if (here.Problem is not { Code: ProblemCode.NotFound })
                continue;
            var fetched = await mirror.FetchCommitAsync(access, commit, cancellationToken);
            if (fetched.Problem is { IsTransient: true } problem)
                return problem;
        }
        return await ask();
    }
}
