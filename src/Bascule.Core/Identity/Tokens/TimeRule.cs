namespace Bascule.Core.Identity.Tokens;

/// <summary>When a token is good (THREATS T30). Times are whole seconds; what a token cannot say, it is not given.</summary>
internal static class TimeRule
{
    private static readonly long LastSecond = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    public static string? Fault(
        TokenClaims claims,
        TrustedIssuer issuer,
        TokenExpectation expected,
        DateTimeOffset time
    )
    {
        if (claims.Number("exp") is not { } end || claims.Number("iat") is not { } start)
            return "it has no exp or no iat";
        if (start < 0 || end > LastSecond || end <= start)
            return "its exp is not after its iat";
        var now = time.ToUnixTimeSeconds();
        var skew = (long)issuer.Skew.TotalSeconds;
        if (end - start > (long)issuer.MaxLifetime.TotalSeconds)
            return $"it lives for {end - start} s, longer than the {issuer.MaxLifetime.TotalSeconds:0} s that are accepted";
        if (now >= end + skew)
            return "it has expired";
        if (start > now + skew)
            return "it was issued in the future; compare the clocks";
        if (claims.Number("nbf") > now + skew)
            return "it is not good yet; compare the clocks";
        return AuthenticationFault(claims, expected, now, skew);
    }

    private static string? AuthenticationFault(TokenClaims claims, TokenExpectation expected, long now, long skew)
    {
        if (claims.Number("auth_time") is var proven && proven > now + skew)
            return "its auth_time is in the future; compare the clocks";
        if (proven < 0)
            return "its auth_time is before 1970";
        if (expected.MaxAuthenticationAge is not { } age)
            return null;
        return proven is { } at && now - at <= (long)age.TotalSeconds + skew
            ? null
            : "the person signed in too long ago, or the issuer does not say when; sign in again";
    }
}
