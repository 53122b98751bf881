using System.Security.Cryptography;

namespace Bascule.Core.Identity.Tokens;

/// <summary>A public key that an issuer publishes, checked to be of a kind and size that may be trusted (THREATS T33).</summary>
public sealed class TokenKey
{
    private readonly RSAParameters _rsa;
    private readonly ECParameters _curve;

    internal TokenKey(string? id, TokenAlgorithm? only, RSAParameters rsa) =>
        (Id, Only, Kind, _rsa) = (id, only, TokenKeyKind.Rsa, rsa);

    internal TokenKey(string? id, TokenAlgorithm? only, TokenKeyKind kind, ECParameters curve) =>
        (Id, Only, Kind, _curve) = (id, only, kind, curve);

    /// <summary>The <c>kid</c>; null when the issuer gives it none.</summary>
    public string? Id { get; }

    public TokenKeyKind Kind { get; }

    /// <summary>The one algorithm that the issuer uses it with; null when it does not say.</summary>
    internal TokenAlgorithm? Only { get; }

    public bool Fits(TokenAlgorithm algorithm) => Kind == algorithm.KeyKind && (Only ?? algorithm) == algorithm;

    internal bool IsSameAs(TokenKey other) =>
        Kind == other.Kind
        && (
            Kind == TokenKeyKind.Rsa
                ? Same(_rsa.Modulus, other._rsa.Modulus) && Same(_rsa.Exponent, other._rsa.Exponent)
                : Same(_curve.Q.X, other._curve.Q.X) && Same(_curve.Q.Y, other._curve.Q.Y)
        );

    /// <summary>The key is made for each check: key objects are not safe to share between threads, and making one costs less than the check.</summary>
    internal bool Verifies(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature, TokenAlgorithm algorithm)
    {
        if (!Fits(algorithm))
            return false;
        if (algorithm.Padding is { } padding)
        {
            using var rsa = RSA.Create(_rsa);
            return rsa.VerifyData(signed, signature, algorithm.Hash, padding);
        }
        using var curve = ECDsa.Create(_curve);
        return curve.VerifyData(signed, signature, algorithm.Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    private static bool Same(byte[]? one, byte[]? other) => one.AsSpan().SequenceEqual(other);
}
