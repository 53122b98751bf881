using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Identity;

namespace Bascule.Testing.Platforms;

/// <summary>Signs tokens (RS256) with a key that a platform can be told about.</summary>
public sealed class SigningIdentity(string issuer, string subject) : IRunIdentity, IDisposable
{
    private const string KeyId = "test";
    private readonly RSA _key = RSA.Create(2048);

    public string Subject => subject;

    /// <summary>Everything that was signed: what nobody may ever say.</summary>
    public ConcurrentQueue<string> Signed { get; } = [];

    /// <summary>A key set with the public key.</summary>
    public string JwksJson
    {
        get
        {
            var key = _key.ExportParameters(includePrivateParameters: false);
            var jwk = new JsonObject
            {
                ["kty"] = "RSA",
                ["use"] = "sig",
                ["alg"] = "RS256",
                ["kid"] = KeyId,
                ["n"] = Base64Url.EncodeToString(key.Modulus),
                ["e"] = Base64Url.EncodeToString(key.Exponent),
            };
            return new JsonObject { ["keys"] = new JsonArray(jwk) }.ToJsonString();
        }
    }

    public Task<Result<Secret>> AssertAsync(string audience, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var now = DateTimeOffset.UtcNow;
        var header = new JsonObject
        {
            ["alg"] = "RS256",
            ["kid"] = KeyId,
            ["typ"] = "JWT",
        };
        var claims = new JsonObject
        {
            ["iss"] = issuer,
            ["sub"] = subject,
            ["aud"] = audience,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["nbf"] = now.ToUnixTimeSeconds(),
            ["exp"] = now.Add(lifetime).ToUnixTimeSeconds(),
        };
        var signed = $"{Encode(header)}.{Encode(claims)}";
        var signature = _key.SignData(
            Encoding.ASCII.GetBytes(signed),
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        );
        var token = $"{signed}.{Base64Url.EncodeToString(signature)}";
        Signed.Enqueue(token);
        return Task.FromResult<Result<Secret>>(new Secret(token));
    }

    public void Dispose() => _key.Dispose();

    private static string Encode(JsonObject json) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
}
