using System.Text.Json.Nodes;
using Bascule.Core.Audit;
using Bascule.Server.Audit;
using Bascule.Server.Configuration;
using Bascule.Server.Tests.Audit;
using Bascule.Server.Tests.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Tests;

/// <summary>Changes the environment of the process: nothing else runs meanwhile.</summary>
[CollectionDefinition(nameof(AloneInTheProcess), DisableParallelization = true)]
public sealed class AloneInTheProcess;

[Collection(nameof(AloneInTheProcess))]
public sealed class HostTests : IDisposable
{
    private const string Variable = "ASPNETCORE_FORWARDEDHEADERS_ENABLED";
    private readonly SettingsFolder _folder = new();

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        _folder.Dispose();
    }

    [Fact]
    public async Task ItsStartIsTheFirstEntryOfTheAuditLog()
    {
        await using var host = await StartAsync();

        var first = (await EntriesAsync(host))[0];

        ((string)first["type"]!).ShouldBe(AuditTypes.ServerStarted);
        new EntrySchema().Judge(first).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T21")]
    public async Task NoEnvironmentVariableMakesForwardedHeadersCount()
    {
        Environment.SetEnvironmentVariable(Variable, "true");
        await using var host = await StartAsync();
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");

        using var refused = await client.PostAsync(new Uri(host.ListenUrl, "/hooks/w-unknown"), content: null);
        await host.Services.GetRequiredService<RefusalCounter>().FlushAsync(default);

        ((int)refused.StatusCode).ShouldBe(404);
        ((string)(await EntriesAsync(host))[^1]["actor"]!).ShouldBe("source:127.0.0.1");
    }

    [Fact]
    [Trait("Threat", "T153")]
    public async Task HealthTellsNothingAndNoServerHeaderIsSent()
    {
        await using var host = await StartAsync();
        using var client = new HttpClient();

        using var health = await client.GetAsync(new Uri(host.ListenUrl, "/health/live"));
        using var metrics = await client.GetAsync(new Uri(host.ListenUrl, "/metrics"));

        (await health.Content.ReadAsStringAsync()).ShouldBe("ok\n");
        health.Headers.Contains("Server").ShouldBeFalse();
        ((int)metrics.StatusCode).ShouldBe(404);
    }

    private async Task<Host> StartAsync()
    {
        var started = await Host.StartAsync(
            Settings(),
            TimeProvider.System,
            logs => logs.SetMinimumLevel(LogLevel.None),
            default
        );
        started.Problem.ShouldBeNull();
        return started.Value;
    }

    private ServerSettings Settings()
    {
        var local = SettingsFolder
            .WithoutSignIn()
            .Replace("  tls: { certificate: tls.pem, key: tls.key }\n", "", StringComparison.Ordinal)
            .Replace("0.0.0.0:8443", "127.0.0.1:0", StringComparison.Ordinal)
            .Replace("127.0.0.1:8081", "127.0.0.1:0", StringComparison.Ordinal);
        var (settings, problems) = _folder.Load(local);
        problems.ShouldBeEmpty();
        return settings!;
    }

    private static async Task<IReadOnlyList<JsonObject>> EntriesAsync(Host host) =>
        [
            .. (await host.Services.GetRequiredService<IAuditLog>().ReadAsync(0, 100, default)).Select(record =>
                JsonNode.Parse(record.Entry.Span)!.AsObject()
            ),
        ];
}
