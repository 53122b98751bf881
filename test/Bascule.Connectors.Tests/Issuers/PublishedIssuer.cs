using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Bascule.Connectors.Issuers;
using Bascule.Core.Identity.Tokens;
using Bascule.Testing.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Connectors.Tests.Issuers;

/// <summary>An issuer on loopback that publishes whatever a test wants, and counts who asks.</summary>
internal sealed class PublishedIssuer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _asked;

    private PublishedIssuer(X509Certificate2? certificate)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(
                IPAddress.Loopback,
                0,
                listen =>
                {
                    if (certificate is not null)
                        listen.UseHttps(certificate);
                }
            )
        );
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public string Url { get; private set; } = "";
    public TokenMint Mint { get; private set; } = null!;
    public JsonObject Discovery { get; private set; } = [];
    public string KeySet { get; set; } = "";

    /// <summary>Discovery is asked for once for each call to the issuer.</summary>
    public int Asked => Volatile.Read(ref _asked);

    public bool IsDown { get; set; }

    /// <summary>Answers this instead, where a path has one.</summary>
    public Dictionary<string, Func<HttpResponse, Task>> Instead { get; } = [];

    /// <summary>What each answer waits for.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public static async Task<PublishedIssuer> StartAsync(X509Certificate2? certificate = null)
    {
        var issuer = new PublishedIssuer(certificate);
        await issuer._app.StartAsync();
        issuer.Url = issuer
            ._app.Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.First();
        issuer.Mint = new TokenMint(issuer.Url);
        issuer.Publish(issuer.Mint);
        issuer.Discovery["issuer"] = issuer.Url;
        issuer.Discovery["jwks_uri"] = issuer.Url + "/keys?v=1";
        return issuer;
    }

    public void Publish(params TokenMint[] mints) =>
        KeySet = new JsonObject
        {
            ["keys"] = new JsonArray([.. mints.Select(mint => (JsonNode)mint.RsaKey())]),
        }.ToJsonString();

    public IssuerOptions Options(string? url = null) =>
        new()
        {
            Subject = "issuer 'test'",
            Issuer = TrustedIssuer.Create(url ?? Url, audiences: [TokenMint.Audience]).Value,
        };

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (path == "/.well-known/openid-configuration")
            Interlocked.Increment(ref _asked);
        await Gate;
        if (IsDown)
            context.Response.StatusCode = 503;
        else if (Instead.TryGetValue(path, out var answer))
            await answer(context.Response);
        else
            await context.Response.WriteAsync(path == "/keys" ? KeySet : Discovery.ToJsonString());
    }
}
