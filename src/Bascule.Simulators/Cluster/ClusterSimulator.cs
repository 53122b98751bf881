using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Bascule.Simulators.Databricks.Traffic;
using Microsoft.AspNetCore.Http;

namespace Bascule.Simulators.Cluster;

/// <summary>
/// A strict stand-in for the part of a Kubernetes cluster by which its workloads are known elsewhere: the issuer of service account tokens with its discovery
/// document and keys, and the projection of such tokens into a file. There are no pods.
/// </summary>
public sealed class ClusterSimulator : IAsyncDisposable
{
    public const string Label = "cluster simulator (service account tokens)";
    private const string Keys = "/openid/v1/jwks";

    /// <summary>A projected token's <c>expirationSeconds</c> as it is by default.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly RSA _key = RSA.Create(2048);
    private readonly Listener _listener;
    private readonly TimeProvider _time;
    private readonly string _keyId;

    private ClusterSimulator(LoopbackAuthority authority, TimeProvider time)
    {
        _time = time;
        _keyId = Base64Url.EncodeToString(SHA256.HashData(_key.ExportSubjectPublicKeyInfo()));
        _listener = new Listener(0, authority.ServerCertificate, AnswerAsync);
    }

    /// <summary>The issuer, as tokens name it: without a slash at its end.</summary>
    public string Issuer => _listener.Url.GetLeftPart(UriPartial.Authority);

    public static async Task<ClusterSimulator> StartAsync(
        LoopbackAuthority authority,
        TimeProvider? time = null,
        CancellationToken cancellationToken = default
    )
    {
        var cluster = new ClusterSimulator(authority, time ?? TimeProvider.System);
        await cluster._listener.StartAsync(cancellationToken);
        return cluster;
    }

    /// <summary>Writes a new token for a service account into a file, as the kubelet does: whoever reads meanwhile gets the former one or this one.</summary>
    public void Project(string file, string name, string account, string audience)
    {
        var part = file + ".part";
        File.WriteAllText(part, TokenOf(name, account, audience));
        File.Move(part, file, overwrite: true);
    }

    /// <summary>What a pod of that service account is given.</summary>
    /// <param name="name">The namespace.</param>
    public string TokenOf(string name, string account, string audience)
    {
        var now = _time.GetUtcNow().ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["aud"] = new JsonArray(audience),
            ["exp"] = now + (long)Lifetime.TotalSeconds,
            ["iat"] = now,
            ["iss"] = Issuer,
            ["jti"] = Guid.NewGuid().ToString(),
            ["kubernetes.io"] = new JsonObject
            {
                ["namespace"] = name,
                ["serviceaccount"] = new JsonObject
                {
                    ["name"] = account,
                    ["uid"] = "5f2f6a8e-0000-4000-8000-00000000c1a5",
                },
            },
            ["nbf"] = now,
            ["sub"] = $"system:serviceaccount:{name}:{account}",
        };
        var header = new JsonObject { ["alg"] = "RS256", ["kid"] = _keyId };
        var input = $"{Text(header)}.{Text(claims)}";
        var signature = _key.SignData(
            Encoding.ASCII.GetBytes(input),
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        );
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        _key.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        context.Response.Headers["X-Simulator"] = "bascule-cluster";
        var document = (context.Request.Method, context.Request.Path.Value) switch
        {
            ("GET", "/.well-known/openid-configuration") => Discovery(),
            ("GET", Keys) => KeySet(),
            _ => null,
        };
        if (document is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        context.Response.ContentType = context.Request.Path == Keys ? "application/jwk-set+json" : "application/json";
        await context.Response.WriteAsync(document.ToJsonString(), context.RequestAborted);
    }

    private JsonObject Discovery() =>
        new()
        {
            ["issuer"] = Issuer,
            ["jwks_uri"] = Issuer + Keys,
            ["response_types_supported"] = new JsonArray("id_token"),
            ["subject_types_supported"] = new JsonArray("public"),
            ["id_token_signing_alg_values_supported"] = new JsonArray("RS256"),
        };

    private JsonObject KeySet()
    {
        var key = _key.ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["keys"] = new JsonArray(
                new JsonObject
                {
                    ["use"] = "sig",
                    ["kty"] = "RSA",
                    ["kid"] = _keyId,
                    ["alg"] = "RS256",
                    ["n"] = Base64Url.EncodeToString(key.Modulus),
                    ["e"] = Base64Url.EncodeToString(key.Exponent),
                }
            ),
        };
    }

    private static string Text(JsonObject json) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
}
