namespace Bascule.Core.Identity.Tokens;

/// <summary>For whom a token is (THREATS T25). Compared letter for letter.</summary>
internal static class AudienceRule
{
    public static string? Fault(TokenClaims claims, TrustedIssuer issuer, TokenExpectation expected)
    {
        if (Read(claims) is not { } named)
            return $"its aud is {claims.KindOf("aud")}; it must be a text or a list of texts, not empty";
        var ours = expected.Audiences ?? issuer.Audiences;
        if (!named.Any(ours.Contains))
            return $"it is for {string.Join(", ", named.Take(3).Select(TokenProblem.Quote))}, not for us";
        return named.Count > 1 && !expected.AllowOtherAudiences ? "it is for others besides us" : null;
    }

    /// <summary>Each once; null when there is none, or something that is not a text among them.</summary>
    public static IReadOnlyList<string>? Read(TokenClaims claims) =>
        claims.Text("aud") is { } one ? [one]
        : claims.Texts("aud") is { Count: > 0 } several ? [.. several.Distinct()]
        : null;
}
