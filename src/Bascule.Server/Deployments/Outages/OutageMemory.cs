using Bascule.Core.Deployments;
using Bascule.Core.Exchange;
using Bascule.Core.People;
using Bascule.Server.Configuration;
using Bascule.Storage;

namespace Bascule.Server.Deployments.Outages;

/// <summary>
/// What the database last said of deploy refs and of those who follow them, for the time in which it cannot be asked (ARCHITECTURE 2.8). In memory alone: a
/// replica that is started while the database is away serves nothing.
/// </summary>
internal sealed class OutageMemory(DeployRefSettings settings, TimeProvider time)
{
    private const int MostFollowers = 1000;

    /// <summary>As long as a stream waits to hear whether its token is good.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>For so long after it has failed the database is not asked again: where it does not even refuse, each question costs patience.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private volatile OutageSnapshot? _snapshot;
    private long _failedAt = long.MinValue;

    /// <summary>How long the database may be away before this is forgotten; zero for not at all.</summary>
    public TimeSpan Limit => settings.Outage;

    /// <summary>Null when nothing is known, or it is too old to go by.</summary>
    public OutageSnapshot? Now =>
        _snapshot is { } known && settings.Outage > TimeSpan.Zero && time.GetUtcNow() - known.ReadAt <= settings.Outage
            ? known
            : null;

    /// <summary>Whether the database did not answer just now.</summary>
    public bool IsAway =>
        Interlocked.Read(ref _failedAt) is var failed && failed != long.MinValue && time.GetElapsedTime(failed) < Pause;

    /// <summary>The database did not answer.</summary>
    public void NoteAway() => Interlocked.Exchange(ref _failedAt, time.GetTimestamp());

    /// <summary>What the database says; while it says nothing, what is remembered.</summary>
    public async Task<T> AskAsync<T>(Func<Task<T>> ask, Func<T> remembered, CancellationToken cancellationToken)
    {
        if (IsAway)
            return remembered();
        try
        {
            return await ask().WaitAsync(Patience, cancellationToken);
        }
        catch (Exception failure) when (failure is StorageException or TimeoutException)
        {
            NoteAway();
            return remembered();
        }
    }

    /// <summary>Takes what was read in the place of what was known. Who followed before stays known for as long as an outage may last.</summary>
    /// <param name="readAt">From before the first question: what they answer may be that old.</param>
    /// <param name="passes">Those that have not expired, revoked ones among them.</param>
    /// <param name="people">The holders of these, and of those that were known before.</param>
    public void Keep(
        DateTimeOffset readAt,
        IReadOnlyList<StoredPass> passes,
        IReadOnlyList<Person> people,
        IReadOnlyList<FollowedRef> refs
    )
    {
        var holders = people.ToDictionary(person => person.Uid, StringComparer.Ordinal);
        var now = passes.Where(pass => holders.ContainsKey(pass.HolderUid)).Select(Held).ToList();
        var before = _snapshot?.Newest.Values.Select(known => known.Pass) ?? [];
        var newest = before
            .Where(pass => pass.ExpiresAt + settings.Outage > readAt && holders.ContainsKey(pass.HolderUid))
            .Select(Held)
            // One that was read again may have been revoked since: of equals the later one stands.
            .Concat(now.OrderBy(held => held.Pass.CreatedAt))
            .GroupBy(held => held.Key)
            .Select(group => group.Aggregate((one, next) => next.Pass.CreatedAt >= one.Pass.CreatedAt ? next : one))
            .OrderByDescending(held => held.Pass.CreatedAt)
            .Take(MostFollowers);
        _snapshot = new OutageSnapshot(readAt)
        {
            ByDigest = now.ToDictionary(held => held.Pass.Digest, StringComparer.Ordinal),
            ByUid = now.ToDictionary(held => held.Pass.Uid, StringComparer.Ordinal),
            Newest = newest.ToDictionary(held => held.Key),
            Refs = refs.ToDictionary(one => one.Deployment.Place),
        };

        Follower Held(StoredPass pass) => new(pass, holders[pass.HolderUid]);
    }

    /// <summary>It is over, on this replica at once.</summary>
    public void Forget(StoredPass pass)
    {
        if (_snapshot is not { } known)
            return;
        var revoked = pass with { RevokedAt = time.GetUtcNow() };
        _snapshot = known.With(revoked);
    }
}
