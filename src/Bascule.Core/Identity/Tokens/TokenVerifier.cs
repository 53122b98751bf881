using System.Text.Json;

namespace Bascule.Core.Identity.Tokens;

/// <summary>
/// Checks tokens from outside, after RFC 8725. The only way to a <see cref="VerifiedToken"/>. Nothing is asked of the network for a token that names an issuer
/// that is not trusted, or an algorithm that this issuer may not use.
/// </summary>
public sealed class TokenVerifier(TrustedIssuers issuers, IIssuerKeys keys, TimeProvider time)
{
    /// <summary>Unauthenticated says why, for the one who shows it; Unavailable when the issuer's keys cannot be had.</summary>
    public async Task<Result<VerifiedToken>> VerifyAsync(
        Secret token,
        TokenExpectation expected,
        CancellationToken cancellationToken
    )
    {
        var read = CompactToken.Read(token.Reveal());
        if (read.Failed(out var malformed))
            return malformed;
        var parts = read.Value;
        var trusted = FindIssuer(parts, expected);
        if (trusted.Failed(out var unknown))
            return unknown;
        var issuer = trusted.Value;
        var algorithm = issuer.Algorithms.FirstOrDefault(accepted => accepted.Name == parts.Header.Algorithm);
        if (algorithm is null)
            return TokenProblem.Refused(
                issuer.Url.Text,
                $"its algorithm is {TokenProblem.Quote(parts.Header.Algorithm)}; accepted from this issuer: {string.Join(", ", issuer.Algorithms)}"
            );
        var key = await keys.FindAsync(issuer, parts.Header.KeyId, algorithm, cancellationToken);
        return key.Failed(out var noKey)
            ? noKey
            : VerifiedToken.Verify(parts, issuer, key.Value, expected, time.GetUtcNow());
    }

    private Result<TrustedIssuer> FindIssuer(CompactToken token, TokenExpectation expected)
    {
        if (!token.Payload.TryGetProperty("iss", out var claim) || claim.ValueKind != JsonValueKind.String)
            return TokenProblem.Malformed("it names no issuer");
        var named = claim.GetString()!;
        if (expected.Issuer is { } only && named != only)
            return TokenProblem.Malformed($"it is from {TokenProblem.Quote(named)}, and only {only} counts here");
        return issuers.Find(named) is { } issuer
            ? issuer
            : TokenProblem.Malformed(
                $"its issuer {TokenProblem.Quote(named)} is not trusted; compare it, letter for letter, with the issuers in the settings"
            );
    }
}
