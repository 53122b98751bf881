using System.Collections.Concurrent;
using Bascule.Core.People;

namespace Bascule.Server.Access;

/// <summary>Whether somebody is retired, as of 400 ms ago at most: what another replica stored counts here within a second (THREATS T45).</summary>
internal sealed class RetiredPeople(IPeopleStore people, TimeProvider time)
{
    private const int MostRemembered = 10_000;
    private static readonly TimeSpan Freshness = TimeSpan.FromMilliseconds(400);
    private readonly ConcurrentDictionary<string, (bool Retired, long At)> _known = new(StringComparer.Ordinal);

    /// <summary>Asked anew at the next request.</summary>
    public void Forget(string uid) => _known.TryRemove(uid, out _);

    /// <summary>Somebody who is not known at all counts as retired: a session without its person proves nothing.</summary>
    public async Task<bool> HasAsync(string uid, CancellationToken cancellationToken)
    {
        var now = time.GetTimestamp();
        if (_known.TryGetValue(uid, out var known) && time.GetElapsedTime(known.At, now) < Freshness)
            return known.Retired;
        var person = await people.FindAsync(uid, cancellationToken);
        var retired = person is null or { IsRetired: true };
        if (_known.Count >= MostRemembered)
            _known.Clear();
        // The age counts from before the question: what it answers may be that old.
        _known[uid] = (retired, now);
        return retired;
    }
}
