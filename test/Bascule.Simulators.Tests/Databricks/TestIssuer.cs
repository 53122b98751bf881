using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Simulators.Tests.Databricks;

/// <summary>An OpenID issuer with one RSA and one P-256 key, which it can publish over https.</summary>
public sealed class TestIssuer : IAsyncDisposable
{
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly ECDsa _ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private WebApplication? _app;

    public string Issuer { get; set; } = "https://issuer.example.com";

    public string Jwks
    {
        get
        {
            var (rsa, point) = (_rsa.ExportParameters(false), _ecdsa.ExportParameters(false).Q);
            object[] keys =
            [
                new
                {
                    kty = "RSA",
                    kid = "r",
                    use = "sig",
                    alg = "RS256",
                    n = Text(rsa.Modulus!),
                    e = Text(rsa.Exponent!),
                },
                new
                {
                    kty = "EC",
                    kid = "e",
                    crv = "P-256",
                    x = Text(point.X!),
                    y = Text(point.Y!),
                },
            ];
            return JsonSerializer.Serialize(new { keys });
        }
    }

    public static Dictionary<string, object?> Claims(string issuer, TimeSpan? lifetime = null)
    {
        var now = DateTimeOffset.UtcNow;
        return new()
        {
            ["iss"] = issuer,
            ["sub"] = "env:prod",
            ["aud"] = "dbx",
            ["iat"] = now.ToUnixTimeSeconds(),
            ["nbf"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + (lifetime ?? TimeSpan.FromMinutes(10))).ToUnixTimeSeconds(),
        };
    }

    public string Sign(
        Dictionary<string, object?> claims,
        string algorithm = "RS256",
        string? kid = null,
        object? header = null
    )
    {
        header ??= new
        {
            alg = algorithm,
            typ = "JWT",
            kid = kid ?? (algorithm == "RS256" ? "r" : "e"),
        };
        var signed =
            $"{Text(JsonSerializer.SerializeToUtf8Bytes(header))}.{Text(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        var bytes = Encoding.ASCII.GetBytes(signed);
        var signature =
            algorithm == "RS256"
                ? _rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
                : _ecdsa.SignData(bytes, HashAlgorithmName.SHA256);
        return $"{signed}.{Text(signature)}";
    }

    /// <summary>Serves discovery and keys on loopback and becomes that issuer.</summary>
    public async Task PublishAsync(LoopbackAuthority authority, string? claimedIssuer = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(k =>
            k.Listen(IPAddress.Loopback, 0, l => l.UseHttps(authority.ServerCertificate))
        );
        _app = builder.Build();
        _app.Run(context =>
            context.Response.WriteAsync(
                context.Request.Path == "/.well-known/openid-configuration"
                    ? JsonSerializer.Serialize(new { issuer = claimedIssuer ?? Issuer, jwks_uri = Issuer + "/keys" })
                    : Jwks
            )
        );
        await _app.StartAsync();
        Issuer = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        _rsa.Dispose();
        _ecdsa.Dispose();
    }

    private static string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
