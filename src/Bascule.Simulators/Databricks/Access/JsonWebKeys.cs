using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Bascule.Simulators.Databricks.Access;

/// <summary>The public keys of a JWKS that can check RS256 or ES256 (RFC 7517, RFC 7518); other keys are passed over.</summary>
internal static class JsonWebKeys
{
    public static IReadOnlyList<JsonWebKey> Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw new JsonException("A key set is a JSON object.");
        if (!document.RootElement.TryGetProperty("keys", out var keys) || keys.ValueKind != JsonValueKind.Array)
            throw new JsonException("A key set has a list 'keys'.");
        return [.. keys.EnumerateArray().Select(Read).OfType<JsonWebKey>()];
    }

    private static JsonWebKey? Read(JsonElement key)
    {
        if (Text(key, "use") is not (null or "sig"))
            return null;
        var (algorithm, kind) = (Text(key, "alg"), Text(key, "kty"));
        return (kind, algorithm) switch
        {
            ("RSA", null or "RS256") => new(Text(key, "kid"), "RS256", Part(key, "n"), Part(key, "e")),
            ("EC", null or "ES256") when Text(key, "crv") == "P-256" => new(
                Text(key, "kid"),
                "ES256",
                Part(key, "x"),
                Part(key, "y")
            ),
            _ => null,
        };
    }

    private static string? Text(JsonElement key, string name) =>
        key.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static byte[] Part(JsonElement key, string name)
    {
        var text = Text(key, name) ?? throw new JsonException($"A key lacks '{name}'.");
        try
        {
            return Base64Url.DecodeFromChars(text);
        }
        catch (FormatException error)
        {
            throw new JsonException($"A key's '{name}' is not base64url.", error);
        }
    }
}

/// <summary>A public key: modulus and exponent of RSA, or the two coordinates on P-256.</summary>
internal sealed record JsonWebKey(string? Id, string Algorithm, byte[] First, byte[] Second)
{
    private const int SmallestRsaKey = 2048;

    public bool Verifies(byte[] signed, byte[] signature)
    {
        try
        {
            return Algorithm == "RS256" ? VerifiesRsa(signed, signature) : VerifiesEcdsa(signed, signature);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private bool VerifiesRsa(byte[] signed, byte[] signature)
    {
        using var rsa = RSA.Create(new RSAParameters { Modulus = First, Exponent = Second });
        return rsa.KeySize >= SmallestRsaKey
            && rsa.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    private bool VerifiesEcdsa(byte[] signed, byte[] signature)
    {
        var point = new ECPoint { X = First, Y = Second };
        using var ecdsa = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = point });
        return ecdsa.VerifyData(signed, signature, HashAlgorithmName.SHA256);
    }
}
