using System.Collections.Concurrent;
using Bascule.Core;
using Bascule.Core.People;
using Bascule.Server.Access;

namespace Bascule.Testing.People;

/// <summary>Sessions in memory: who is signed in, by token.</summary>
public sealed class FakeSessions : ISessions
{
    private readonly ConcurrentDictionary<string, Actor> _sessions = new(StringComparer.Ordinal);

    /// <summary>What a browser's cookie holds.</summary>
    public string Cookie(Actor actor) => Add(SessionTokens.CookiePrefix, actor);

    /// <summary>What the command line sends as its bearer token.</summary>
    public string Bearer(Actor actor) => Add(SessionTokens.BearerPrefix, actor);

    public void Replace(string token, Actor actor) => _sessions[token] = actor;

    public void End(string token) => _sessions.TryRemove(token, out _);

    public Task<Actor?> FindAsync(Secret sessionToken, CancellationToken cancellationToken) =>
        Task.FromResult(_sessions.GetValueOrDefault(sessionToken.Reveal()));

    private string Add(string prefix, Actor actor)
    {
        var token = $"{prefix}{Guid.NewGuid():N}";
        _sessions[token] = actor;
        return token;
    }
}
