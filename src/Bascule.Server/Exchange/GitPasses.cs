using System.Collections.Concurrent;
using Bascule.Core;
using Bascule.Core.Exchange;
using Bascule.Core.People;
using Bascule.Server.Deployments.Outages;
using Bascule.Server.Exchange.Delegation;

namespace Bascule.Server.Exchange;

/// <summary>
/// Finds what a token opens. The row decides; what is remembered of it is 400 ms old at most, so that what another replica revoked counts here within a second
/// (THREATS T45, T91). A policy that is gone takes its tokens with it.
/// </summary>
internal sealed class GitPasses(
    IGitPassStore store,
    IPeopleStore people,
    TrustPolicies policies,
    PolicyRepository policyRepository,
    TimeProvider time,
    OutageTokens? sealedTokens = null
) : IGitPasses
{
    private const int MostRemembered = 10_000;
    private static readonly TimeSpan Freshness = TimeSpan.FromMilliseconds(400);
    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    public async Task<Result<GitPass>> FindAsync(Secret token, CancellationToken cancellationToken)
    {
        if (sealedTokens?.Read(token) is { } given)
            return
                await ReadAsync(given.Digest, () => Task.FromResult<StoredPass?>(given), cancellationToken)
                    is { } opened
                ? Open(opened)
                : Unknown;
        return
            GitToken.Read(token.Reveal()) is { } read
            && await ReadAsync(read.Digest, () => store.FindAsync(read.Digest, cancellationToken), cancellationToken)
                is { } known
            ? Open(known)
            : Unknown;
    }

    /// <summary>The same for one that was given before, by its name: Unauthenticated when it is over.</summary>
    public async Task<Result<GitPass>> FindAsync(string uid, CancellationToken cancellationToken) =>
        await ReadAsync(uid, () => store.FindByUidAsync(uid, cancellationToken), cancellationToken) is { } known
            ? Open(known)
            : Problem.Unauthenticated("what this token opened is over; get another one from its issuer");

    public async Task<bool> IsGoodAsync(GitPass pass, CancellationToken cancellationToken) =>
        await ReadAsync(pass.Uid, () => FindByUidAsync(pass.Uid, cancellationToken), cancellationToken) is not null;

    /// <summary>Asked anew at the next request.</summary>
    public void Forget(StoredPass pass)
    {
        _known.TryRemove(pass.Digest, out _);
        _known.TryRemove(pass.Uid, out _);
    }

    private static Problem Unknown =>
        Problem.Unauthenticated("the token is not good here; exchange another one at /oauth/token");

    private async Task<StoredPass?> FindByUidAsync(string uid, CancellationToken cancellationToken) =>
        sealedTokens?.Find(uid) ?? await store.FindByUidAsync(uid, cancellationToken);

    /// <summary>Null when it is not good: there is none, or it is over.</summary>
    private async Task<Known?> ReadAsync(string key, Func<Task<StoredPass?>> find, CancellationToken cancellationToken)
    {
        // The age counts from before the question: what it answers may be that old.
        var asked = time.GetTimestamp();
        if (!_known.TryGetValue(key, out var known) || time.GetElapsedTime(known.ReadAt, asked) >= Freshness)
        {
            var pass = await find();
            var holder = pass is null ? null : await people.FindAsync(pass.HolderUid, cancellationToken);
            if (pass is null || holder is null)
            {
                _known.TryRemove(key, out _);
                return null;
            }
            known = Remember(new Known(pass, holder, asked));
        }
        return
            known.Pass.IsGood(time.GetUtcNow())
            && !known.Holder.IsRetired
            && policies.Has(known.Pass.Policy)
            && !policyRepository.Is(known.Pass.Repository)
            ? known
            : null;
    }

    /// <summary>
    /// By both names, so that who comes with the token and whoever watches its streams know the same; an answer that took long does not stand for a newer one.
    /// Otherwise a stream could be cut and the next request be taken.
    /// </summary>
    private Known Remember(Known read)
    {
        if (_known.Count >= MostRemembered)
            _known.Clear();
        _known.AddOrUpdate(read.Pass.Digest, read, Newer);
        return _known.AddOrUpdate(read.Pass.Uid, read, Newer);

        Known Newer(string _, Known known) => known.ReadAt > read.ReadAt ? known : read;
    }

    private static GitPass Open(Known known) => known.Pass.OpenFor(known.Holder);

    /// <param name="ReadAt">By the machine's steady clock.</param>
    private sealed record Known(StoredPass Pass, Person Holder, long ReadAt);
}
