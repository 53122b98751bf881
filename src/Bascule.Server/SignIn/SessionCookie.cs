using Bascule.Core.People;
using Bascule.Server.Access;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.SignIn;

/// <summary>
/// Holds the token of a browser's session. By its prefix a browser takes it over TLS alone, for this host alone, and for no part of it only (RFC 6265bis
/// section 4.1.3.2).
/// </summary>
internal static class SessionCookie
{
    public static SessionToken? Read(HttpRequest request) =>
        SessionToken.Read(SessionKind.Browser, request.Cookies[SessionTokens.CookieName]);

    /// <summary>Without an end of its own: the row has one.</summary>
    public static void Write(HttpResponse response, SessionToken token) =>
        response.Cookies.Append(SessionTokens.CookieName, token.Text.Reveal(), Options());

    public static void Remove(HttpResponse response) => response.Cookies.Delete(SessionTokens.CookieName, Options());

    private static CookieOptions Options() =>
        new()
        {
            Secure = true,
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Path = "/",
            IsEssential = true,
        };
}
