using System.Collections.Concurrent;
using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Core.Signatures;

namespace Bascule.Server.Signatures;

/// <summary>
/// What came of checking a commit by a set of keys, for a minute: every look at a waiting run asks. A commit does not change, keys that are added or forgotten
/// make another set, and a key that expires is noticed within the minute.
/// </summary>
internal sealed class SignatureMemory(TimeProvider time)
{
    private const int Most = 10_000;
    private static readonly TimeSpan Keeps = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<
        (RepositoryKey, CommitId, string),
        (CommitSignature Found, DateTimeOffset At)
    > _known = new();

    public async Task<Result<CommitSignature>> AskAsync(
        RepositoryKey repository,
        CommitId commit,
        IReadOnlyList<SigningKey> keys,
        Func<IReadOnlyList<SigningKey>, Task<Result<CommitSignature>>> verify
    )
    {
        var asked = (repository, commit, string.Join(' ', keys.Select(key => $"{key.Fingerprint} {key.Material}")));
        if (_known.TryGetValue(asked, out var known) && (time.GetUtcNow() - known.At).Duration() < Keeps)
            return known.Found;
        var found = await verify(keys);
        if (found.Failed(out var problem))
            return problem;
        if (_known.Count >= Most)
            _known.Clear();
        _known[asked] = (found.Value, time.GetUtcNow());
        return found;
    }
}
