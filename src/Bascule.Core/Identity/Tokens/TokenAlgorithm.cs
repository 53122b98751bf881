using System.Security.Cryptography;

namespace Bascule.Core.Identity.Tokens;

/// <summary>The kind of key that an algorithm needs; a key of another kind is never tried.</summary>
public enum TokenKeyKind
{
    Rsa,
    P256,
    P384,
    P521,
}

/// <summary>A signature algorithm of RFC 7518 section 3.1: the closed list. There is no symmetric one and no <c>none</c> (THREATS T23).</summary>
public sealed class TokenAlgorithm
{
    private TokenAlgorithm(string name, TokenKeyKind keyKind, HashAlgorithmName hash, RSASignaturePadding? padding) =>
        (Name, KeyKind, Hash, Padding) = (name, keyKind, hash, padding);

    public static TokenAlgorithm RS256 { get; } = Rsa("RS256", HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    public static IReadOnlyList<TokenAlgorithm> All { get; } =
    [
        RS256,
        Rsa("RS384", HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
        Rsa("RS512", HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
        Rsa("PS256", HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
        Rsa("PS384", HashAlgorithmName.SHA384, RSASignaturePadding.Pss),
        Rsa("PS512", HashAlgorithmName.SHA512, RSASignaturePadding.Pss),
        new("ES256", TokenKeyKind.P256, HashAlgorithmName.SHA256, padding: null),
        new("ES384", TokenKeyKind.P384, HashAlgorithmName.SHA384, padding: null),
        new("ES512", TokenKeyKind.P521, HashAlgorithmName.SHA512, padding: null),
    ];

    public string Name { get; }

    public TokenKeyKind KeyKind { get; }

    public HashAlgorithmName Hash { get; }

    /// <summary>Null for the elliptic curves.</summary>
    internal RSASignaturePadding? Padding { get; }

    /// <summary>Letter for letter: <c>rs256</c> is not <c>RS256</c>.</summary>
    public static TokenAlgorithm? Find(string name) => All.FirstOrDefault(known => known.Name == name);

    public override string ToString() => Name;

    private static TokenAlgorithm Rsa(string name, HashAlgorithmName hash, RSASignaturePadding padding) =>
        new(name, TokenKeyKind.Rsa, hash, padding);
}
