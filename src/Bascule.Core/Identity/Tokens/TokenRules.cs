namespace Bascule.Core.Identity.Tokens;

/// <summary>Everything that must hold of a token besides its signature; the first thing that does not is the reason of the refusal.</summary>
internal static class TokenRules
{
    public static string? Fault(CompactToken token, TrustedIssuer issuer, TokenExpectation expected, DateTimeOffset now)
    {
        var claims = new TokenClaims(token.Payload);
        if (claims.Text("iss") != issuer.Url.Text)
            return "its iss is another";
        return ClaimTypeRule.Fault(claims)
            ?? TimeRule.Fault(claims, issuer, expected, now)
            ?? KindRule.Fault(token.Header, claims, expected)
            ?? AudienceRule.Fault(claims, issuer, expected)
            ?? SignInRule.Fault(token, claims, issuer, expected);
    }
}
