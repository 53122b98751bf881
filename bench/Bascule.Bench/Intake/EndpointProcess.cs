using System.Security.Cryptography;
using Bascule.Connectors.Forges.Gitea;
using Bascule.Core.Deliveries;
using Bascule.Core.Forges;
using Bascule.Core.Settings;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Connections;
using Bascule.Server.Intake;
using Bascule.Server.Sealing;
using Bascule.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bascule.Bench.Intake;

/// <summary>
/// The process under load, either <c>bascule</c> (the product's intake as it stands) or <c>bare</c> (an endpoint that only makes the same insert).
/// Nobody drains the inbox in either: what is measured is taking deliveries in.
/// </summary>
internal static class EndpointProcess
{
    public const string WebhookUid = "w-bench";
    public const string Secret = "bench-secret-0123456789abcdef0123456789abcdef";
    public static readonly RepositoryKey Repository = new("f-bench", 1);

    public static async Task<int> RunAsync(string kind, string folder)
    {
        var storage = await SqliteStorage.OpenAsync(
            Path.Combine(folder, "bench.db"),
            TimeProvider.System,
            CancellationToken.None
        );
        await using var _ = storage;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app =
            kind == "bare" ? BuildBare(builder, storage) : await BuildIntakeAsync(builder, storage, folder);
        await app.StartAsync();
        Console.WriteLine(app.Urls.Single());
        await Console.In.ReadLineAsync();
        var stored = await storage.Deliveries.ListAsync(int.MaxValue, CancellationToken.None);
        Console.WriteLine(stored.Count);
        return 0;
    }

    private static WebApplication BuildBare(WebApplicationBuilder builder, SqliteStorage storage)
    {
        var app = builder.Build();
        app.MapPost(
            "/hooks/{uid}",
            (RequestDelegate)(
                async context =>
                {
                    var body = new byte[(int)context.Request.ContentLength!.Value];
                    await context.Request.Body.ReadExactlyAsync(body);
                    await storage.Deliveries.AppendAsync(Bare(body), Work(), CancellationToken.None);
                    context.Response.StatusCode = StatusCodes.Status202Accepted;
                }
            )
        );
        return app;
    }

    private static async Task<WebApplication> BuildIntakeAsync(
        WebApplicationBuilder builder,
        SqliteStorage storage,
        string folder
    )
    {
        var key = MasterKey.Open(Path.Combine(folder, "master.key")).Value;
        var webhook = new Webhook
        {
            Uid = WebhookUid,
            Repository = Repository,
            SealedSecret = key.Seal(WebhookRegistry.SecretPurpose, System.Text.Encoding.UTF8.GetBytes(Secret)),
            CreatedAt = DateTimeOffset.UtcNow,
        };
        await storage.Work.ApplyAsync([new SaveWebhook(webhook)], CancellationToken.None);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(key);
        builder.Services.AddSingleton(storage.Deliveries);
        builder.Services.AddSingleton(storage.Webhooks);
        builder.Services.AddSingleton(storage.Audit);
        builder.Services.AddSingleton(new ForgeConnections([Forge(folder)]));
        builder.Services.AddAudit();
        builder.Services.AddIntake(new IntakeOptions());
        var app = builder.Build();
        app.UseRouting();
        app.MapIntake();
        return app;
    }

    /// <summary>A Gitea that is never called.</summary>
    internal static ConnectedForge Forge(string folder)
    {
        var problems = new List<SettingProblem>();
        var at = new SettingLocation("bench", 1, 1);
        File.WriteAllText(Path.Combine(folder, "token"), "unused");
        SettingEntry Entry(string name, string value) => new(name, at, new SettingScalar(at, value, Quoted: true));
        var map = new SettingMap(at, [Entry("url", "https://git.example.com"), Entry("token", "file:token")]);
        var host = new ConnectionHost(TimeProvider.System, folder, new Uri("https://bascule.example.com"));
        var forge = new GiteaConnector().Open("git", new SettingReader(map, "", problems), host);
        return new ConnectedForge(Repository.ForgeUid, "git", forge!, []);
    }

    private static Delivery Bare(byte[] body) =>
        new()
        {
            Uid = "d-" + RandomNumberGenerator.GetHexString(20, lowercase: true),
            WebhookUid = WebhookUid,
            Repository = Repository,
            DeliveryId = Guid.NewGuid().ToString(),
            EventName = "push",
            BodyDigest = Convert.ToHexStringLower(SHA256.HashData(body)),
            Json = body,
            ReceivedAt = DateTimeOffset.UtcNow,
        };

    private static NewWork Work() =>
        new("ref:f-bench/1:refs/heads/main", "event.ref", "d-bench", DateTimeOffset.UtcNow);
}
