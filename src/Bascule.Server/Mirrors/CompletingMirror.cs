using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Forges;

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

    public async Task<Result<IReadOnlyList<string>>> ChangedPathsAsync(
        CommitId? before,
        CommitId after,
        CancellationToken cancellationToken
    ) =>
        await HaveAsync(cancellationToken, before, after) is { } problem
            ? problem
            : await mirror.ChangedPathsAsync(before, after, cancellationToken);

    public async Task<Result<ReadOnlyMemory<byte>?>> ReadFileAsync(
        CommitId commit,
        string path,
        int maxBytes,
        CancellationToken cancellationToken
    ) =>
        await HaveAsync(cancellationToken, commit) is { } problem
            ? problem
            : await mirror.ReadFileAsync(commit, path, maxBytes, cancellationToken);

    public async Task<Result<IContentTree>> ReadTreeAsync(
        CommitId commit,
        string root,
        CancellationToken cancellationToken
    ) =>
        await HaveAsync(cancellationToken, commit) is { } problem
            ? problem
            : await mirror.ReadTreeAsync(commit, root, cancellationToken);

    public async Task<Result<CommitId?>> FindMergeBaseAsync(
        CommitId one,
        CommitId other,
        CancellationToken cancellationToken
    ) =>
        await HaveAsync(cancellationToken, one, other) is { } problem
            ? problem
            : await mirror.FindMergeBaseAsync(one, other, cancellationToken);

    public async Task<Result<bool?>> IsAncestorAsync(
        CommitId ancestor,
        CommitId descendant,
        CancellationToken cancellationToken
    ) =>
        await HaveAsync(cancellationToken, ancestor, descendant) is { } problem
            ? problem
            : await mirror.IsAncestorAsync(ancestor, descendant, cancellationToken);

    public async Task<Result<CommitSummary>> DescribeAsync(CommitId commit, CancellationToken cancellationToken) =>
        await HaveAsync(cancellationToken, commit) is { } problem
            ? problem
            : await mirror.DescribeAsync(commit, cancellationToken);

    /// <summary>What is gone from the forge for good is left to the question itself, which has an answer for that.</summary>
    private async Task<Problem?> HaveAsync(CancellationToken cancellationToken, params CommitId?[] commits)
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
        return null;
    }
}
