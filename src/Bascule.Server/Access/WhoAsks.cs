using Bascule.Core;
using Bascule.Core.People;
using Bascule.Server.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Bascule.Server.Access;

/// <summary>
/// Finds out who makes a request: the local token on the local listener, a session on the public one. Cookie and bearer token are told apart by where they are
/// sent and by how they begin; neither is taken for the other (THREATS T43).
/// </summary>
internal sealed class WhoAsks(LocalToken token, RetiredPeople retired, ISessions? sessions = null)
{
    private const string Scheme = "Bearer ";

    /// <summary>Whether anybody but the holder of the local token can be known here.</summary>
    public bool PeopleSignIn => sessions is not null;

    /// <summary>Null when nobody can be told.</summary>
    public async Task<Actor?> FindAsync(Proof? proof, CancellationToken cancellationToken)
    {
        if (proof is null)
            return null;
        if (proof.IsLocal)
            return token.Matches(proof.Token.Reveal()) ? Actor.LocalOperator : null;
        if (sessions is null || await sessions.FindAsync(proof.Token, cancellationToken) is not { } actor)
            return null;
        return await retired.HasAsync(actor.Uid, cancellationToken) ? null : actor;
    }

    /// <summary>What a request presents; null when that is nothing. One with an Authorization header is judged by that alone.</summary>
    public static Proof? Read(HttpContext context)
    {
        var request = context.Request;
        var bearer = Bearer(request);
        if (context.IsLocal())
            return bearer is null ? null : new Proof(new Secret(bearer), IsLocal: true);
        var presented = StringValues.IsNullOrEmpty(request.Headers.Authorization)
            ? Begins(request.Cookies[SessionTokens.CookieName], SessionTokens.CookiePrefix)
            : Begins(bearer, SessionTokens.BearerPrefix);
        return presented is null ? null : new Proof(new Secret(presented), IsLocal: false);
    }

    private static string? Bearer(HttpRequest request) =>
        (string?)request.Headers.Authorization is { } header
        && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? header[Scheme.Length..].Trim()
            : null;

    private static string? Begins(string? text, string prefix) =>
        text is not null && text.StartsWith(prefix, StringComparison.Ordinal) ? text : null;
}

/// <param name="IsLocal">Meant to be the local token; otherwise a session's.</param>
internal sealed record Proof(Secret Token, bool IsLocal);
