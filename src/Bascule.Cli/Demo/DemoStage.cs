using System.Security.Cryptography.X509Certificates;
using Bascule.Cli.Features;
using Bascule.Client;
using Bascule.Server.Api;
using Bascule.Server.Configuration;
using Bascule.Server.Connections;
using Bascule.Simulators;
using Bascule.Simulators.Databricks;
using Bascule.Simulators.Forges;
using Microsoft.Extensions.Logging;

namespace Bascule.Cli.Demo;

/// <summary>The outside world, simulated and labelled so, and a whole Bascule between: everything on loopback, in a temporary folder.</summary>
internal sealed class DemoStage : IAsyncDisposable
{
    public const string DeveloperName = "dana";
    private const string DeveloperPassword = "dana-only-exists-here-1";
    public const string BotName = "bascule-bot";
    private readonly string _folder;
    private readonly LoopbackAuthority _authority;
    private readonly Server.Host _host;

    private DemoStage(
        string folder,
        LoopbackAuthority authority,
        ForgeSimulator forge,
        DatabricksSimulator databricks,
        Server.Host host,
        BasculeClient client
    )
    {
        _folder = folder;
        _authority = authority;
        _host = host;
        Forge = forge;
        Databricks = databricks;
        Client = client;
        Developer = new Developer(
            Path.Combine(folder, "clone"),
            DeveloperName,
            DeveloperPassword,
            Path.Combine(folder, "ca.pem")
        );
    }

    public ForgeSimulator Forge { get; }
    public DatabricksSimulator Databricks { get; }
    public BasculeClient Client { get; }
    public Developer Developer { get; }
    public IServiceProvider Services => _host.Services;
    public Uri ConsoleUrl => _host.LocalUrl;

    public IReadOnlyList<string> Simulated => [Forge.Label, DatabricksSimulator.Label];

    /// <param name="rateLimits">Whether the platform throttles as its limits say.</param>
    public static async Task<DemoStage> SetAsync(
        string forgeKind,
        CancellationToken cancellationToken,
        bool rateLimits = false
    )
    {
        var folder = Directory.CreateTempSubdirectory("bascule-demo-").FullName;
        var authority = new LoopbackAuthority();
        var files = WriteCertificates(folder, authority);
        var forge = await StartForgeAsync(forgeKind, folder, authority, cancellationToken);
        var databricks = await StartDatabricksAsync(folder, authority, rateLimits, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, files.Token), forge.AddToken(BotName), cancellationToken);
        var (publicPort, localPort) = (FreePort.Find(), FreePort.Find());
        var file = DemoSettings.Write(
            folder,
            publicPort,
            localPort,
            forgeKind,
            forge.BaseAddress,
            databricks.Url,
            files
        );
        OutputFeature.Say($"Settings: {file}");
        var settings = Load(file);
        var host = (await Server.Host.StartAsync(settings, TimeProvider.System, Quiet, cancellationToken)).Value;
        var token = LocalToken.Open(settings.DataFolder).Value;
        var client = new BasculeClient(host.LocalUrl, token.Secret);
        return new DemoStage(folder, authority, forge, databricks, host, client);
    }

    /// <summary>The same person with another clone.</summary>
    public Developer AnotherDeveloper(string folder) =>
        new(folder, DeveloperName, DeveloperPassword, Path.Combine(_folder, "ca.pem"));

    public Task WaitAsync(CancellationToken cancellationToken) => _host.WaitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _host.DisposeAsync();
        await Forge.DisposeAsync();
        await Databricks.DisposeAsync();
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<ForgeSimulator> StartForgeAsync(
        string kind,
        string folder,
        LoopbackAuthority authority,
        CancellationToken cancellationToken
    )
    {
        var options = new ForgeSimulatorOptions
        {
            Flavour = kind == "gogs" ? ForgeFlavour.Gogs : ForgeFlavour.Gitea,
            LoopbackAuthority = authority,
            DataDirectory = Path.Combine(folder, "forge"),
        };
        var forge = await ForgeSimulator.StartAsync(options, cancellationToken);
        forge.AddUser(DeveloperName, DeveloperPassword);
        forge.AddUser(BotName, Guid.NewGuid().ToString("N"));
        forge.AddOrganisation("ml", DeveloperName);
        return forge;
    }

    private static async Task<DatabricksSimulator> StartDatabricksAsync(
        string folder,
        LoopbackAuthority authority,
        bool rateLimits,
        CancellationToken cancellationToken
    )
    {
        var options = new DatabricksSimulatorOptions
        {
            Authority = authority,
            DataDirectory = Path.Combine(folder, "databricks"),
            TrustedCaPem = authority.CaPem,
            RateLimits = rateLimits,
        };
        var databricks = await DatabricksSimulator.StartAsync(options, cancellationToken);
        databricks.AddServicePrincipal(DemoSettings.ServicePrincipal);
        foreach (var catalog in (string[])["dev", "main"])
            databricks.AddSchema(catalog, "churn");
        return databricks;
    }

    private static DemoFiles WriteCertificates(string folder, LoopbackAuthority authority)
    {
        var files = new DemoFiles("forge.token", "ca.pem", "server.pem", "server.key");
        File.WriteAllText(Path.Combine(folder, files.Ca), authority.CaPem);
        File.WriteAllText(Path.Combine(folder, files.Certificate), authority.ServerCertificate.ExportCertificatePem());
        using var key = authority.ServerCertificate.GetECDsaPrivateKey()!;
        File.WriteAllText(Path.Combine(folder, files.Key), key.ExportPkcs8PrivateKeyPem());
        return files;
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
