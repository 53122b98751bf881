namespace Bascule.Core.Identity.Tokens;

/// <summary>The public keys of trusted issuers. Safe to use from many tasks at once.</summary>
public interface IIssuerKeys
{
    /// <summary>
    /// The key by which <paramref name="issuer"/> signs under this id. Unauthenticated when it publishes none that fits; Unavailable when it cannot be asked
    /// and nothing known is recent enough.
    /// </summary>
    /// <param name="keyId">Null when the token names none: then the issuer must publish exactly one key that fits.</param>
    Task<Result<TokenKey>> FindAsync(
        TrustedIssuer issuer,
        string? keyId,
        TokenAlgorithm algorithm,
        CancellationToken cancellationToken
    );
}
