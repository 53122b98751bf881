using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bascule.Simulators.Azure.Entra;

/// <summary>Access tokens of one tenant: JSON Web Tokens signed with RS256, by a key that all tenants of a process have in common, as Entra's have.</summary>
internal sealed class EntraTokens(string tenant, TimeProvider time)
{
    private const string KeyId = "entra-1";
    private static readonly RSA Key = RSA.Create(2048);
    private static readonly Lock Gate = new();
    private readonly string _issuer = $"https://sts.windows.net/{tenant}/";
    private volatile int _epoch;

    /// <summary>All that were ever given out.</summary>
    public ConcurrentQueue<string> Issued { get; } = [];

    /// <summary>Every token so far is worth nothing any more.</summary>
    public void EndAll() => Interlocked.Increment(ref _epoch);

    public string Issue(EntraApplication application, string audience, TimeSpan lifetime)
    {
        var now = time.GetUtcNow();
        var header = new JsonObject
        {
            ["typ"] = "JWT",
            ["alg"] = "RS256",
            ["kid"] = KeyId,
        };
        var claims = new JsonObject
        {
            ["aud"] = audience,
            ["iss"] = _issuer,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["nbf"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + lifetime).ToUnixTimeSeconds(),
            ["appid"] = application.ClientId,
            ["oid"] = application.ObjectId,
            ["tid"] = tenant,
            ["uti"] = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)),
            ["epoch"] = _epoch,
        };
        var signed = $"{Part(header)}.{Part(claims)}";
        byte[] signature;
        lock (Gate)
            signature = Key.SignData(
                Encoding.ASCII.GetBytes(signed),
                HashAlgorithmName.SHA256,
                RSASignaturePadding.Pkcs1
            );
        var token = $"{signed}.{Base64Url.EncodeToString(signature)}";
        Issued.Enqueue(token);
        return token;
    }

    /// <summary>The claims of a token of ours; null for anybody else's, however well it looks.</summary>
    public JsonObject? Read(string token)
    {
        var parts = token.Split('.');
        if (parts.Length != 3)
            return null;
        try
        {
            var signed = Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}");
            var signature = Base64Url.DecodeFromChars(parts[2]);
            lock (Gate)
                if (!Key.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
                    return null;
            var claims = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!.AsObject();
            return (string?)claims["iss"] == _issuer && (int)claims["epoch"]! == _epoch ? claims : null;
        }
        catch (Exception error) when (error is FormatException or JsonException)
        {
            return null;
        }
    }

    public bool HasEnded(JsonObject claims) => (long)claims["exp"]! <= time.GetUtcNow().ToUnixTimeSeconds();

    public static JsonObject Keys()
    {
        RSAParameters key;
        lock (Gate)
            key = Key.ExportParameters(includePrivateParameters: false);
        return new()
        {
            ["keys"] = new JsonArray(
                new JsonObject
                {
                    ["kty"] = "RSA",
                    ["use"] = "sig",
                    ["kid"] = KeyId,
                    ["n"] = Base64Url.EncodeToString(key.Modulus),
                    ["e"] = Base64Url.EncodeToString(key.Exponent),
                }
            ),
        };
    }

    private static string Part(JsonObject json) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
}
