using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Bascule.Core.Identity.Tokens;

/// <summary>What ties an id token to the sign-in that asked for it (OpenID Connect Core sections 3.1.3.7 and 3.1.3.8).</summary>
internal static class SignInRule
{
    public static string? Fault(CompactToken token, TokenClaims claims, TrustedIssuer issuer, TokenExpectation expected)
    {
        if (expected.Kind != TokenKind.IdToken)
            return null;
        if (expected.Nonce is { } nonce && !Same(claims.Text("nonce"), nonce))
            return "its nonce is not the one that was sent; start the sign-in again";
        if (AudienceRule.Read(claims)!.Count > 1 && claims.Text("azp") is null)
            return "it is for several and does not say for whom it was made (azp)";
        if (claims.Text("azp") is { } party && !(expected.Audiences ?? issuer.Audiences).Contains(party))
            return "it was made for another client (azp)";
        return AccessTokenFault(token.Header.Algorithm, claims, expected.AccessToken);
    }

    private static string? AccessTokenFault(string algorithm, TokenClaims claims, Secret? accessToken)
    {
        if (accessToken is null || claims.Text("at_hash") is not { } expected)
            return null;
        var digest = Digest(TokenAlgorithm.Find(algorithm)!.Hash, Encoding.UTF8.GetBytes(accessToken.Reveal()));
        return Same(expected, Base64Url.EncodeToString(digest.AsSpan(0, digest.Length / 2)))
            ? null
            : "its at_hash belongs to another access token";
    }

    private static byte[] Digest(HashAlgorithmName hash, byte[] text) => CryptographicOperations.HashData(hash, text);

    private static bool Same(string? one, string other) =>
        one is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));
}
