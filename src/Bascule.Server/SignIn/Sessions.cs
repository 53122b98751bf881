using System.Collections.Concurrent;
using Bascule.Core;
using Bascule.Core.People;
using Bascule.Core.Work;
using Bascule.Server.Access;

namespace Bascule.Server.SignIn;

/// <summary>Finds who is behind a session. The row decides; what is remembered of it is half a second old at most.</summary>
internal sealed class Sessions(ISessionStore sessions, IPeopleStore people, IWorkStore store, TimeProvider time)
    : ISessions
{
    private const int MostRemembered = 10_000;
    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    public async Task<Actor?> FindAsync(Secret sessionToken, CancellationToken cancellationToken)
    {
        if (SessionToken.Read(sessionToken.Reveal()) is not { } token)
            return null;
        var found = await FindAsync(token, cancellationToken);
        return found is null ? null : found.Person.ToActor(found.Session.AuthenticatedAt);
    }

    /// <summary>Null when it is over.</summary>
    public async Task<Known?> FindAsync(SessionToken token, CancellationToken cancellationToken)
    {
        var known = await ReadAsync(token.Digest, cancellationToken);
        if (known is null || known.Session.Kind != token.Kind || IsOver(known.Session))
            return null;
        return await NoteAsync(known, cancellationToken);
    }

    private async Task<Known?> ReadAsync(string digest, CancellationToken cancellationToken)
    {
        // The age counts from before the question: what it answers may be that old.
        var asked = time.GetTimestamp();
        if (
            _known.TryGetValue(digest, out var known)
            && time.GetElapsedTime(known.ReadAt, asked) < SessionLimits.Freshness
        )
            return known;
        var session = await sessions.FindAsync(digest, cancellationToken);
        var person = session is null ? null : await people.FindAsync(session.PersonUid, cancellationToken);
        if (session is null || person is null || person.IsRetired)
        {
            _known.TryRemove(digest, out _);
            return null;
        }
        if (_known.Count >= MostRemembered)
            _known.Clear();
        return _known[digest] = new Known(session, person, asked);
    }

    private bool IsOver(Session session)
    {
        var now = time.GetUtcNow();
        return now >= session.ExpiresAt
            || (session.Kind == SessionKind.Browser && now - session.SeenAt >= SessionLimits.Idle);
    }

    private async Task<Known> NoteAsync(Known known, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now - known.Session.SeenAt < SessionLimits.SeenStep)
            return known;
        var seen = known with { Session = known.Session with { SeenAt = now } };
        _known[known.Session.Digest] = seen;
        await store.ApplyAsync([new NoteSessionSeen(known.Session.Digest, now)], cancellationToken);
        return seen;
    }

    /// <param name="ReadAt">By the machine's steady clock.</param>
    internal sealed record Known(Session Session, Person Person, long ReadAt);
}
