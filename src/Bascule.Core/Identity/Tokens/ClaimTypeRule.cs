namespace Bascule.Core.Identity.Tokens;

/// <summary>
/// Claims that decide something have the type that their standard gives them, or the token is refused: null and the empty text are no value
/// (THREATS T37, T38).
/// </summary>
internal static class ClaimTypeRule
{
    private const int MaxSubject = 1024;

    private static readonly string[] Texts = ["sub", "jti", "nonce", "azp", "client_id", "sid", "at_hash"];
    private static readonly string[] Numbers = ["exp", "iat", "nbf", "auth_time"];

    public static string? Fault(TokenClaims claims)
    {
        foreach (var name in Texts)
            if (claims.Has(name) && string.IsNullOrWhiteSpace(claims.Text(name)))
                return Wrong(claims, name, "a text that is not empty");
        foreach (var name in Numbers)
            if (claims.Has(name) && claims.Number(name) is null)
                return Wrong(claims, name, "a whole number");
        if (claims.Has("email_verified") && claims.Flag("email_verified") is null)
            return Wrong(claims, "email_verified", "true or false, not in quotes");
        if (claims.Has("groups") && claims.Texts("groups") is null)
            return Wrong(claims, "groups", "a list of texts");
        return claims.Text("sub") is { } sub && (sub.Length > MaxSubject || sub.Any(char.IsControl))
            ? $"its sub is longer than {MaxSubject} letters or has control characters"
            : null;
    }

    private static string Wrong(TokenClaims claims, string name, string right) =>
        $"its {name} is {claims.KindOf(name)}; it must be {right}";
}
