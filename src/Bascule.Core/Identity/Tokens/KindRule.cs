namespace Bascule.Core.Identity.Tokens;

/// <summary>Keeps kinds of tokens apart by <c>typ</c> and by the claims that only one kind has (THREATS T43).</summary>
internal static class KindRule
{
    /// <summary>OpenID Connect Back-Channel Logout 1.0 section 2.4.</summary>
    private const string LogoutEvent = "http://schemas.openid.net/event/backchannel-logout";

    public static string? Fault(TokenHeader header, TokenClaims claims, TokenExpectation expected)
    {
        if (!TypesOf(expected.Kind).Contains(header.MediaType))
            return $"its typ is {TokenProblem.Quote(header.Type ?? "")}, which {Word(expected.Kind)} does not have";
        if (expected.Kind == TokenKind.LogoutToken)
            return LogoutFault(claims);
        if (claims.Has("events"))
            return $"it tells of an event, which {Word(expected.Kind)} does not";
        if (claims.Text("sub") is null)
            return "it has no sub";
        // Bound to a key of its holder (RFC 7800): without proof of that key it says nothing about who shows it.
        if (claims.Has("cnf"))
            return "it is bound to a key, and only bearer tokens are taken";
        return
            expected.Kind == TokenKind.AccessToken && (claims.Text("client_id") is null || claims.Text("jti") is null)
            ? "it has no client_id or no jti (RFC 9068 section 2.2)"
            : null;
    }

    private static string? LogoutFault(TokenClaims claims)
    {
        if (claims.Nested("events")?.Nested(LogoutEvent) is null)
            return "it does not tell of a logout";
        if (claims.Has("nonce"))
            return "it has a nonce, which a logout token must not have";
        if (claims.Text("jti") is null)
            return "it has no jti";
        return claims.Text("sub") is null && claims.Text("sid") is null ? "it names neither a sub nor a sid" : null;
    }

    /// <summary>Empty: without a type, which is usual for id tokens and forbidden for access tokens (RFC 9068 section 2.1).</summary>
    private static string[] TypesOf(TokenKind kind) =>
        kind switch
        {
            TokenKind.IdToken => ["", "jwt"],
            TokenKind.AccessToken => ["at+jwt"],
            TokenKind.LogoutToken => ["logout+jwt", "jwt", ""],
            TokenKind.WorkloadToken => ["", "jwt", "at+jwt"],
            _ => [],
        };

    private static string Word(TokenKind kind) =>
        kind switch
        {
            TokenKind.IdToken => "an id token",
            TokenKind.AccessToken => "an access token",
            TokenKind.LogoutToken => "a logout token",
            _ => "a workload's token",
        };
}
