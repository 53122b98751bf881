using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Bascule.Core.Deliveries;
using Bascule.Server.Audit;
using Bascule.Server.Intake;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Intake;

/// <summary>The intake on a real Kestrel with one registered webhook, and a forge that sends to it.</summary>
internal sealed class IntakeStage : IAsyncDisposable
{
    public const string Secret = "s3cret-of-the-hook";
    public const string Hook = "w-1";
    private readonly HttpClient _client = new();
    private readonly string _header;

    private IntakeStage(ServerWorld world, string header) => (World, _header) = (world, header);

    public ServerWorld World { get; }

    public Uri Target => new(World.Address, IntakeEndpoints.PathOf(Hook));

    public static async Task<IntakeStage> StartAsync(string kind = "gitea", IntakeOptions? options = null)
    {
        FakeForge forge =
            kind == "gogs" ? new FakeIssueForge(RealWebhooks.Gogs()) : new FakeStatusForge(RealWebhooks.Gitea());
        var stage = new IntakeStage(
            await ServerWorld.ServeAsync(forge, options),
            kind == "gogs" ? "X-Gogs-Signature" : "X-Gitea-Signature"
        );
        await stage.RegisterAsync(Secret);
        return stage;
    }

    public Task RegisterAsync(string secret, string? former = null, TimeSpan? formerFor = null) =>
        World.ApplyAsync(
            new SaveWebhook(
                new Webhook
                {
                    Uid = Hook,
                    Repository = ServerWorld.Churn,
                    ForgeWebhookId = 1,
                    SealedSecret = Seal(secret),
                    SealedFormerSecret = former is null ? null : Seal(former),
                    FormerSecretUntil = formerFor is { } time ? World.Clock.GetUtcNow() + time : null,
                    CreatedAt = World.Clock.GetUtcNow(),
                }
            )
        );

    public static string Push(string after = "a", long repository = 7, string extra = "") =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {"ref":"refs/heads/main","before":"{{new string('0', 40)}}","after":"{{new string(
                after[0],
                40
            )}}","repository":{"id":{{repository}}},"pusher":{"id":3,"login":"ada"},"commits":[]{{extra}}}
            """
        );

    public static string Sign(string json, string secret = Secret) => Sign(Encoding.UTF8.GetBytes(json), secret);

    public static string Sign(byte[] json, string secret = Secret) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), json));

    /// <summary>As the forge posts it, signed.</summary>
    public Task<Answer> DeliverAsync(string json, string id = "id-1", string secret = Secret) =>
        DeliverAsync(Encoding.UTF8.GetBytes(json), id, secret);

    public Task<Answer> DeliverAsync(byte[] json, string id = "id-1", string secret = Secret) =>
        PostAsync(json, (_header, Sign(json, secret)), ("X-Gitea-Delivery", id), ("X-Gogs-Delivery", id));

    public Task<Answer> PostAsync(string json, params (string Name, string Value)[] headers) =>
        PostAsync(Encoding.UTF8.GetBytes(json), headers);

    public async Task<Answer> PostAsync(byte[] body, params (string Name, string Value)[] headers)
    {
        using var content = new ByteArrayContent(body);
        return await SendAsync(HttpMethod.Post, content, headers);
    }

    public async Task<Answer> SendAsync(
        HttpMethod method,
        HttpContent? content,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, Target) { Content = content };
        content?.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        foreach (var (name, value) in headers)
            if (!request.Headers.TryAddWithoutValidation(name, value) && content is not null)
            {
                content.Headers.Remove(name);
                content.Headers.TryAddWithoutValidation(name, value);
            }
        using var response = await _client.SendAsync(request);
        return new Answer((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>A whole request as text, for what no client library would send.</summary>
    public string Raw(string headers, string body, string method = "POST") =>
        $"{method} {Target.AbsolutePath} HTTP/1.1\r\nHost: {Target.Authority}\r\nContent-Type: application/json\r\n{headers}\r\n{body}";

    public Task<IReadOnlyList<Delivery>> StoredAsync() => World.Storage.Deliveries.ListAsync(100, default);

    /// <summary>Whether nothing at all came of what was sent: no delivery, no row of work, no word in the audit log.</summary>
    public async Task ShouldHaveStoredNothingAsync()
    {
        (await StoredAsync()).ShouldBeEmpty();
        (await World.DueAsync()).ShouldBeEmpty();
        (await World.EntriesAsync()).ShouldBeEmpty();
    }

    /// <summary>What the refusals of this minute become: source, reason, count.</summary>
    public async Task<IReadOnlyList<string>> CountedAsync()
    {
        await World.Get<RefusalCounter>().FlushAsync(default);
        return
        [
            .. (await World.EntriesAsync("deliveries.refused"))
                .Select(entry => $"{entry["actor"]} {entry["decision"]!["reason"]} {entry["facts"]!["count"]}")
                .Order(StringComparer.Ordinal),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await World.DisposeAsync();
    }

    private byte[] Seal(string secret) =>
        World.MasterKey.Seal(WebhookRegistry.SecretPurpose, Encoding.UTF8.GetBytes(secret));
}

internal sealed record Answer(int Status, string Text);
