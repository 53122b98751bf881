using Bascule.Core;
using Bascule.Core.People;

namespace Bascule.Server.Access;

/// <summary>Who is behind a session. Registered only when people can sign in: without it the public listener knows nobody.</summary>
public interface ISessions
{
    /// <summary>
    /// Null for a token that is unknown, ended or expired. Asked on every request, and every second while one lasts. Whether the person is retired is looked
    /// at elsewhere.
    /// </summary>
    /// <param name="sessionToken">The whole token with its prefix: a token of one kind is never known under the other.</param>
    Task<Actor?> FindAsync(Secret sessionToken, CancellationToken cancellationToken);
}

/// <summary>The two kinds of session tokens. Each is taken in one place only (THREATS T43).</summary>
public static class SessionTokens
{
    /// <summary>Secure, HttpOnly, Path=/, no Domain: a browser takes the prefix on no other terms.</summary>
    public const string CookieName = "__Host-bascule";

    /// <summary>Begins what the cookie holds; never taken as a bearer token.</summary>
    public const string CookiePrefix = SessionToken.CookiePrefix;

    /// <summary>Begins what the command line sends as Authorization: Bearer; never taken from a cookie.</summary>
    public const string BearerPrefix = SessionToken.BearerPrefix;
}
