using System.Text;
using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Core.Signatures;
using Bascule.Testing.Platforms;

namespace Bascule.Server.Tests.World;

/// <summary>A repository in memory: where its refs are at the forge, what its commits hold and descend from.</summary>
internal sealed class FakeMirror : IMirrors, IMirror
{
    private readonly Dictionary<RefName, CommitId> _tips = [];
    private readonly Dictionary<CommitId, FakeCommit> _commits = [];

    /// <summary>Answered to fetches while it is set.</summary>
    public Problem? Failing { get; set; }

    public List<RefName> Fetched { get; } = [];

    /// <summary>How often it was asked where all refs are.</summary>
    public int Listings { get; private set; }

    public static CommitId Id(char digit) => CommitId.Parse(new string(digit, 40));

    /// <summary>Adds a commit and points the ref at it.</summary>
    public CommitId Commit(string name, char digit, CommitId? parent, params (string Path, string Text)[] files)
    {
        var id = Id(digit);
        if (parent == id)
            parent = null;
        var all = parent is { } known ? new Dictionary<string, string>(_commits[known].Files) : [];
        foreach (var (path, text) in files)
            all[path] = text;
        _commits[id] = new FakeCommit(parent, all);
        Point(name, id);
        return id;
    }

    public CommitId? TipOf(string name) => _tips.TryGetValue(RefName.Parse(name), out var tip) ? tip : null;

    public void Point(string name, CommitId? tip)
    {
        if (tip is { } id)
            _tips[RefName.Parse(name)] = id;
        else
            _tips.Remove(RefName.Parse(name));
    }

    /// <summary>Why nothing of it can be read; null while it can.</summary>
    public Problem? Closed { get; set; }

    public Task<Result<IMirror>> OpenAsync(RepositoryKey key, CancellationToken cancellationToken) =>
        Task.FromResult(Closed is { } problem ? problem : Result.Of<IMirror>(this));

    public Task<Result<IReadOnlyDictionary<RefName, CommitId>>> FetchAsync(
        GitAccess access,
        IReadOnlyCollection<RefName> refs,
        CancellationToken cancellationToken
    )
    {
        Fetched.AddRange(refs);
        return Task.FromResult(Failing is { } problem ? problem : Tips(refs.Contains));
    }

    public Task<Result<Done>> FetchCommitAsync(
        GitAccess access,
        CommitId commit,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult<Result<Done>>(
            Failing is { } problem ? problem : Problem.NotFound($"commit {commit.Short} is gone")
        );

    public Task<Result<IReadOnlyDictionary<RefName, CommitId>>> ListRemoteAsync(
        GitAccess access,
        CancellationToken cancellationToken
    )
    {
        Listings++;
        return Task.FromResult(Failing is { } problem ? problem : Tips(_ => true));
    }

    public Task<Result<CommitId?>> FindMergeBaseAsync(CommitId one, CommitId other, CancellationToken cancellationToken)
    {
        var mine = History(one).ToHashSet();
        return Task.FromResult(
            Result.Of(History(other).Where(mine.Contains).Select(id => (CommitId?)id).FirstOrDefault())
        );
    }

    private IEnumerable<CommitId> History(CommitId tip)
    {
        for (CommitId? at = tip; at is { } id; at = _commits.GetValueOrDefault(id)?.Parent)
            yield return id;
    }

    public Task<Result<IReadOnlyList<string>>> ChangedPathsAsync(
        CommitId? before,
        CommitId after,
        CancellationToken cancellationToken
    ) => Task.FromResult(Result.Of<IReadOnlyList<string>>([.. Changed(before, after)]));

    private IEnumerable<string> Changed(CommitId? before, CommitId after)
    {
        IReadOnlyDictionary<string, string> old = before is { } id
            ? _commits[id].Files
            : new Dictionary<string, string>();
        var now = _commits[after].Files;
        return old.Keys.Union(now.Keys).Where(path => old.GetValueOrDefault(path) != now.GetValueOrDefault(path));
    }

    public Task<Result<ReadOnlyMemory<byte>?>> ReadFileAsync(
        CommitId commit,
        string path,
        int maxBytes,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult(
            !_commits.TryGetValue(commit, out var known) ? Problem.NotFound($"commit {commit.Short} is not here")
            : !known.Files.TryGetValue(path, out var text) ? Result.Of<ReadOnlyMemory<byte>?>(null)
            : Encoding.UTF8.GetByteCount(text) > maxBytes
                ? Problem.Exceeded($"'{path}' is larger than {maxBytes} bytes")
            : Result.Of<ReadOnlyMemory<byte>?>(Encoding.UTF8.GetBytes(text))
        );

    public Task<Result<IContentTree>> ReadTreeAsync(
        CommitId commit,
        string root,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult(
            Result.Of<IContentTree>(
                MemoryTree.Of([
                    .. _commits[commit]
                        .Files.Where(file =>
                            root.Length == 0 || file.Key.StartsWith(root + "/", StringComparison.Ordinal)
                        )
                        .Select(file => (file.Key, file.Value)),
                ])
            )
        );

    public Task<Result<bool?>> IsAncestorAsync(
        CommitId ancestor,
        CommitId descendant,
        CancellationToken cancellationToken
    )
    {
        for (CommitId? at = descendant; at is { } id; at = _commits[id].Parent)
            if (id == ancestor)
                return Task.FromResult(Result.Of<bool?>(true));
        return Task.FromResult(Result.Of<bool?>(_commits.ContainsKey(ancestor) ? false : null));
    }

    public Task<Result<IReadOnlyList<CommitId>>> ListCommitsAsync(
        CommitId from,
        CommitId to,
        string path,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var old = History(from).ToHashSet();
        var found = History(to)
            .TakeWhile(id => !old.Contains(id))
            .Where(id =>
                path.Length == 0
                || Changed(_commits[id].Parent, id)
                    .Any(file => file == path || file.StartsWith(path + "/", StringComparison.Ordinal))
            );
        return Task.FromResult(Result.Of<IReadOnlyList<CommitId>>([.. found.Take(limit)]));
    }

    /// <summary>Whether it says of commits that were never added that they are not there.</summary>
    public bool IsStrict { get; set; }

    public Task<Result<CommitSummary>> DescribeAsync(CommitId commit, CancellationToken cancellationToken) =>
        Task.FromResult<Result<CommitSummary>>(
            IsStrict && !_commits.ContainsKey(commit)
                ? Problem.NotFound($"{commit} is not here")
                : new CommitSummary(commit, $"Commit {commit.Short}", "Ada", DateTimeOffset.UnixEpoch)
        );

    /// <summary>The fingerprints of the keys that have signed commits; the others are not signed.</summary>
    public Dictionary<CommitId, string> Signatures { get; } = [];

    public Task<Result<CommitSignature>> VerifyAsync(
        CommitId commit,
        IReadOnlyCollection<SigningKey> keys,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult<Result<CommitSignature>>(
            !Signatures.TryGetValue(commit, out var by) ? CommitSignature.None("it is not signed")
            : keys.Any(key => key.Fingerprint == by) ? CommitSignature.By(by)
            : CommitSignature.None($"it is signed with {by}, which nobody whose account is linked here has confirmed")
        );

    private Result<IReadOnlyDictionary<RefName, CommitId>> Tips(Func<RefName, bool> wanted) =>
        Result.Of<IReadOnlyDictionary<RefName, CommitId>>(
            _tips.Where(tip => wanted(tip.Key)).ToDictionary(tip => tip.Key, tip => tip.Value)
        );

    private sealed record FakeCommit(CommitId? Parent, IReadOnlyDictionary<string, string> Files);
}
