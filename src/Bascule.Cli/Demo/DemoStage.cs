using Bascule.Cli.Features;
using Bascule.Client;
using Bascule.Core;
using Bascule.Server.Api;
using Bascule.Server.Configuration;
using Bascule.Server.Connections;
using Bascule.Simulators.Forges;
using Microsoft.Extensions.Logging;

namespace Bascule.Cli.Demo;

/// <summary>The outside world, simulated and labelled so, and a whole Bascule between: everything on loopback, in a temporary folder.</summary>
internal sealed class DemoStage : IAsyncDisposable
{
    public const string Owner = "ml";
    public const string DeveloperName = "dana";
    public const string DeveloperPassword = "dana-only-exists-here-1";
    public const string BotName = "bascule-bot";
    private readonly Server.Host _host;
    private readonly Secret _token;

    private DemoStage(DemoGround ground, IDemoPlatform platform, Server.Host host, Secret token)
    {
        (Ground, Platform, _host, _token) = (ground, platform, host, token);
        Client = new BasculeClient(host.LocalUrl, token);
        Developer = AnotherDeveloper(Path.Combine(ground.Folder, "clone"));
    }

    public DemoGround Ground { get; }
    public IDemoPlatform Platform { get; }
    public BasculeClient Client { get; }
    public Developer Developer { get; }
    public ForgeSimulator Forge => Ground.Forge;
    public IServiceProvider Services => _host.Services;
    public Uri ConsoleUrl => _host.LocalUrl;

    /// <summary>As the result names it.</summary>
    public string ForgeName => Forge.Flavour.ToString().ToLowerInvariant();

    public IReadOnlyList<string> Simulated => [Forge.Label, .. Platform.Labels];

    public static async Task<DemoStage> SetAsync(
        string forgeKind,
        StartDemoPlatform start,
        CancellationToken cancellationToken
    )
    {
        var ground = await DemoGround.PrepareAsync(forgeKind, cancellationToken);
        var platform = await start(ground, cancellationToken);
        var file = DemoSettings.Write(ground, platform);
        OutputFeature.Say($"Settings: {file}");
        var settings = Load(file);
        var host = (await Server.Host.StartAsync(settings, TimeProvider.System, Quiet, cancellationToken)).Value;
        return new DemoStage(ground, platform, host, LocalToken.Open(settings.DataFolder).Value.Secret);
    }

    /// <summary>Plays the platform's story.</summary>
    public Task<DemoResult> PlayAsync(CancellationToken cancellationToken)
    {
        foreach (var label in Simulated)
            OutputFeature.Say($"Simulated here: {label}");
        OutputFeature.Say($"Console: {ConsoleUrl}");
        return Platform.PlayAsync(this, cancellationToken);
    }

    public static void Scene(string title) => OutputFeature.Say($"\n== {title}");

    /// <summary>An empty one that Bascule's account may administrate, cloned by the developer.</summary>
    public async Task<ForgeRepository> CreateRepositoryAsync(string name, CancellationToken cancellationToken)
    {
        var repository = await Forge.CreateRepositoryAsync(
            Owner,
            name,
            isPrivate: true,
            cancellationToken: cancellationToken
        );
        Forge.SetCollaborator(repository, BotName, ForgeAccess.Admin);
        await Developer.CloneAsync(repository, cancellationToken);
        return repository;
    }

    /// <summary>The same person with another clone.</summary>
    public Developer AnotherDeveloper(string folder) => new(folder, DeveloperName, DeveloperPassword, Ground.CaFile);

    /// <summary>As somebody reads it who may.</summary>
    public AuditLogClient OpenAuditLog() => AuditLogClient.ForLocal(new Uri(ConsoleUrl, "/audit"), _token);

    public Task WaitAsync(CancellationToken cancellationToken) => _host.WaitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _host.DisposeAsync();
        await Platform.DisposeAsync();
        await Ground.DisposeAsync();
    }

    private static ServerSettings Load(string file)
    {
        var (settings, problems) = ServerSettings.Load(
            file,
            ConnectorKinds.Forges,
            ConnectorKinds.Platforms,
            TimeProvider.System
        );
        return settings ?? throw new InvalidOperationException(string.Join('\n', problems));
    }

    /// <summary>The story belongs on the screen, the log does not: only what is broken is shown.</summary>
    private static void Quiet(ILoggingBuilder logs)
    {
        Server.ServerLogs.Configure(logs);
        logs.SetMinimumLevel(LogLevel.Error);
    }
}
