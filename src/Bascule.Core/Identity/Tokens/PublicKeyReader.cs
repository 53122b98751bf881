using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json;

namespace Bascule.Core.Identity.Tokens;

/// <summary>Reads one JSON Web Key (RFC 7517, RFC 7518 section 6) as a public key for signatures, and refuses all that is not a sound one.</summary>
internal static class PublicKeyReader
{
    private const int SmallestModulus = 2048;
    private const int LargestModulus = 8192; // a larger one makes each check slow
    private const uint SmallestExponent = 65_537;
    private const int MaxName = 256;

    public static Result<TokenKey> Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
            return Problem.Invalid("a key is not a JSON object");
        var jwk = new TokenClaims(json);
        var name = jwk.Has("kid") ? jwk.Text("kid") : null;
        if (jwk.Has("kid") && name is not { Length: <= MaxName })
            return Problem.Invalid($"the kid of a key is not a text of 1 to {MaxName} letters");
        return Fault(jwk) is { } fault
            ? Skip(name, fault)
            : jwk.Text("kty") switch
            {
                "RSA" => ReadRsa(jwk, name),
                "EC" => ReadCurve(jwk, name),
                "oct" => Skip(name, "is symmetric: who can check with it can sign with it"),
                var other => Skip(name, $"is of type {TokenProblem.Quote(other ?? "")}, which is not supported"),
            };
    }

    private static string? Fault(TokenClaims jwk)
    {
        if (jwk.Has("use") && jwk.Text("use") != "sig")
            return "is not for signatures";
        if (jwk.Has("key_ops") && jwk.Texts("key_ops")?.Contains("verify") != true)
            return "is not for verifying";
        if (jwk.Has("d") || jwk.Has("k"))
            return "is published with its secret part";
        return jwk.Has("alg") && TokenAlgorithm.Find(jwk.Text("alg") ?? "") is null
            ? "is for an algorithm that is not supported"
            : null;
    }

    private static Result<TokenKey> ReadRsa(TokenClaims jwk, string? name)
    {
        if (Bytes(jwk, "n") is not { } modulus || Bytes(jwk, "e") is not { } exponent)
            return Skip(name, "has no readable modulus and exponent");
        modulus = WithoutZeros(modulus);
        exponent = WithoutZeros(exponent);
        var bits = modulus.Length == 0 ? 0 : (modulus.Length * 8) - (BitOperations.LeadingZeroCount(modulus[0]) - 24);
        if (bits is < SmallestModulus or > LargestModulus || (modulus[^1] & 1) == 0)
            return Skip(
                name,
                $"has a modulus of {bits} bits; it must be odd and have {SmallestModulus} to {LargestModulus}"
            );
        if (
            exponent.Length > sizeof(uint)
            || Number(exponent) is var number && (number < SmallestExponent || (number & 1) == 0)
        )
            return Skip(name, $"has an exponent that is even, smaller than {SmallestExponent} or too large");
        var parameters = new RSAParameters { Modulus = modulus, Exponent = exponent };
        return Made(jwk, name, only => new TokenKey(name, only, parameters), () => RSA.Create(parameters));
    }

    private static Result<TokenKey> ReadCurve(TokenClaims jwk, string? name)
    {
        (TokenKeyKind Kind, ECCurve Curve, int Bytes)? found = jwk.Text("crv") switch
        {
            "P-256" => (TokenKeyKind.P256, ECCurve.NamedCurves.nistP256, 32),
            "P-384" => (TokenKeyKind.P384, ECCurve.NamedCurves.nistP384, 48),
            "P-521" => (TokenKeyKind.P521, ECCurve.NamedCurves.nistP521, 66),
            _ => null,
        };
        if (found is not { } curve)
            return Skip(name, "is on a curve that is not supported");
        // RFC 7518 section 6.2.1.2: full length, with leading zeros.
        if (
            Bytes(jwk, "x") is not { } x
            || Bytes(jwk, "y") is not { } y
            || x.Length != curve.Bytes
            || y.Length != curve.Bytes
        )
            return Skip(name, "has coordinates of another length than its curve");
        var parameters = new ECParameters
        {
            Curve = curve.Curve,
            Q = new ECPoint { X = x, Y = y },
        };
        return Made(
            jwk,
            name,
            only => new TokenKey(name, only, curve.Kind, parameters),
            () => ECDsa.Create(parameters)
        );
    }

    /// <summary>The platform has the last word: a point beside the curve, a modulus it will not take.</summary>
    private static Result<TokenKey> Made(
        TokenClaims jwk,
        string? name,
        Func<TokenAlgorithm?, TokenKey> make,
        Func<AsymmetricAlgorithm> open
    )
    {
        try
        {
            open().Dispose();
        }
        catch (CryptographicException)
        {
            return Skip(name, "is not a sound key");
        }
        var only = jwk.Text("alg") is { } algorithm ? TokenAlgorithm.Find(algorithm) : null;
        var key = make(only);
        return only is not null && only.KeyKind != key.Kind ? Skip(name, $"is not of the kind that {only} needs") : key;
    }

    private static byte[]? Bytes(TokenClaims jwk, string name) =>
        jwk.Text(name) is { } text ? StrictBase64Url.Decode(text) : null;

    private static byte[] WithoutZeros(byte[] number) => number.AsSpan().TrimStart((byte)0).ToArray();

    private static uint Number(byte[] bytes)
    {
        Span<byte> whole = stackalloc byte[sizeof(uint)];
        bytes.CopyTo(whole[(sizeof(uint) - bytes.Length)..]);
        return BinaryPrimitives.ReadUInt32BigEndian(whole);
    }

    private static Problem Skip(string? name, string why) =>
        Problem.Invalid(name is null ? $"a key without a name {why}" : $"key {TokenProblem.Quote(name)} {why}");
}
