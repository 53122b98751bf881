using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Identity.Tokens;

namespace Bascule.Testing.Identity;

/// <summary>An issuer's pen: signs any claims under any header, right or wrong, with a key of its own for each kind.</summary>
public sealed class TokenMint
{
    public const string Audience = "bascule";

    /// <summary>Making an RSA key takes longer than a test: mints of one number share theirs.</summary>
    private static readonly Lazy<RSA>[] s_rsa =
    [
        .. Enumerable.Range(0, 2).Select(_ => new Lazy<RSA>(() => RSA.Create(2048))),
    ];
    private static readonly Lock s_gate = new();
    private readonly Dictionary<string, ECDsa> _curves;
    private readonly int _number;

    /// <param name="number">0 or 1: mints of different numbers have different keys.</param>
    public TokenMint(string issuer = "https://login.example.com", int number = 0)
    {
        (Issuer, _number) = (issuer, number);
        _curves = new()
        {
            ["ES256"] = ECDsa.Create(ECCurve.NamedCurves.nistP256),
            ["ES384"] = ECDsa.Create(ECCurve.NamedCurves.nistP384),
            ["ES512"] = ECDsa.Create(ECCurve.NamedCurves.nistP521),
        };
    }

    public string Issuer { get; }

    /// <summary>The name of the RSA key; the others are named as their algorithm.</summary>
    public string KeyId { get; init; } = "k1";

    public RSA Rsa => s_rsa[_number].Value;

    /// <summary>The key set that the issuer would publish.</summary>
    public JsonObject KeySet =>
        new() { ["keys"] = new JsonArray([RsaKey(), .. _curves.Select(curve => (JsonNode)CurveKey(curve.Key))]) };

    public JsonObject RsaKey()
    {
        var key = Rsa.ExportParameters(false);
        return new JsonObject
        {
            ["kty"] = "RSA",
            ["kid"] = KeyId,
            ["use"] = "sig",
            ["n"] = Text(key.Modulus!),
            ["e"] = Text(key.Exponent!),
        };
    }

    public JsonObject CurveKey(string algorithm)
    {
        var point = _curves[algorithm].ExportParameters(false).Q;
        return new JsonObject
        {
            ["kty"] = "EC",
            ["kid"] = algorithm,
            ["crv"] = algorithm switch
            {
                "ES256" => "P-256",
                "ES384" => "P-384",
                _ => "P-521",
            },
            ["x"] = Text(point.X!),
            ["y"] = Text(point.Y!),
        };
    }

    /// <summary>Good claims of five minutes.</summary>
    public JsonObject Claims(DateTimeOffset now) =>
        new()
        {
            ["iss"] = Issuer,
            ["sub"] = "u-1",
            ["aud"] = Audience,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = now.AddMinutes(5).ToUnixTimeSeconds(),
            ["jti"] = "id-1",
        };

    public JsonObject Header(string algorithm = "RS256") =>
        new()
        {
            ["alg"] = algorithm,
            ["typ"] = "JWT",
            ["kid"] = algorithm.StartsWith('E') ? algorithm : KeyId,
        };

    public Secret Sign(JsonObject claims, string algorithm = "RS256") => Sign(claims, Header(algorithm));

    /// <param name="with">The algorithm to really sign with; null for the one that the header names.</param>
    public Secret Sign(JsonObject claims, JsonObject header, string? with = null) =>
        Sign(header.ToJsonString(), claims.ToJsonString(), with ?? (string)header["alg"]!);

    /// <summary>Any bytes as header and claims.</summary>
    public Secret Sign(string header, string claims, string algorithm = "RS256")
    {
        var input = $"{Text(Encoding.UTF8.GetBytes(header))}.{Text(Encoding.UTF8.GetBytes(claims))}";
        return new Secret($"{input}.{Text(SignatureOf(Encoding.ASCII.GetBytes(input), algorithm))}");
    }

    public static string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);

    private byte[] SignatureOf(byte[] input, string algorithm)
    {
        var known =
            TokenAlgorithm.Find(algorithm)
            ?? throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "cannot be signed with");
        lock (s_gate)
            return algorithm[0] switch
            {
                'R' => Rsa.SignData(input, known.Hash, RSASignaturePadding.Pkcs1),
                'P' => Rsa.SignData(input, known.Hash, RSASignaturePadding.Pss),
                _ => _curves[algorithm].SignData(input, known.Hash),
            };
    }
}
