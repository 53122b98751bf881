using Bascule.Client;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Server.Api;
using Bascule.Server.Configuration;
using Bascule.Server.Connections;
using Bascule.Simulators;
using Bascule.Simulators.Databricks;
using Bascule.Simulators.Forges;
using Bascule.Storage;
using Bascule.Testing.Platforms;
using Microsoft.Extensions.Logging;

namespace Bascule.Testing.Stage;

/// <summary>
/// The outside world on loopback, and one Bascule in it: as a real <c>bascule serve</c> that can be killed, or inside the test's own process.
/// </summary>
public sealed partial class BasculeStage : IAsyncDisposable
{
    public const string DeveloperName = "dana";
    public const string BotName = "bascule-bot";
    private const string Password = "only-exists-on-this-stage-1";
    private readonly LoopbackAuthority _authority;
    private readonly List<string> _written = [];
    private readonly HashSet<string> _pasted = [];
    private StageLog? _log;
    private Server.Host? _host;
    private ServeProcess? _serve;
    private BasculeClient? _client;
    private DatabricksCliStandIn? _cli;

    private BasculeStage(
        string folder,
        LoopbackAuthority authority,
        ForgeSimulator forge,
        DatabricksSimulator databricks,
        string settingsFile,
        string forgeToken
    )
    {
        Folder = folder;
        _authority = authority;
        Forge = forge;
        Databricks = databricks;
        SettingsFile = settingsFile;
        ForgeToken = forgeToken;
    }

    public string Folder { get; }
    public string DataFolder => Path.Combine(Folder, "data");
    public string SettingsFile { get; }
    public string ForgeToken { get; }
    public ForgeSimulator Forge { get; }
    public DatabricksSimulator Databricks { get; }

    public DatabricksCliStandIn DatabricksCli =>
        _cli ?? throw new InvalidOperationException($"set the stage with {nameof(StageOptions.HasDatabricksCli)}");

    /// <summary>Under which everything here serves https.</summary>
    public string CaPem => _authority.CaPem;

    /// <summary>For one more simulator on this stage.</summary>
    public LoopbackAuthority Authority => _authority;

    /// <summary>Of the process that serves, or served last.</summary>
    public int ProcessId => _serve?.Id ?? throw new InvalidOperationException("call StartBinaryAsync first");

    /// <summary>The parts of the server in this process.</summary>
    public IServiceProvider Services =>
        _host?.Services ?? throw new InvalidOperationException("call StartInProcessAsync first");

    /// <summary>Where the console and the API answer whoever is on this machine.</summary>
    public Uri LocalAddress => new($"http://{Settings(SettingsFile).Listen.Local}");

    public BasculeClient Client =>
        _client ?? throw new InvalidOperationException("start Bascule before asking it: StartBinaryAsync");

    /// <summary>All that Bascule wrote to its standard streams, or logged, since the stage was set.</summary>
    public string Written => string.Concat(_written) + (_serve?.Written ?? _log?.Text);

    public static async Task<BasculeStage> SetAsync(StageOptions? options = null)
    {
        var chosen = options ?? new StageOptions();
        var folder = Directory.CreateTempSubdirectory("bascule-stage-").FullName;
        var authority = chosen.Authority ?? new LoopbackAuthority();
        StageCertificates.Write(folder, authority);
        var forge = await StartForgeAsync(chosen, folder, authority);
        var databricks = await StartDatabricksAsync(chosen, folder, authority);
        var cli = chosen.HasDatabricksCli ? DatabricksCliStandIn.Install(Path.Combine(folder, "cli")) : null;
        if (cli is not null)
            databricks.AddServicePrincipal(StageSettings.Planner);
        var token = forge.AddToken(BotName, value: chosen.ForgeToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "forge.token"), token);
        var ports = (Public: chosen.PublicPort ?? LoopbackPort.Find(), Local: LoopbackPort.Find());
        if (chosen.Postgres is not null)
            await File.WriteAllTextAsync(Path.Combine(folder, "postgres"), chosen.Postgres);
        var file = StageSettings.Write(
            folder,
            ports,
            chosen.Front ?? ports.Public,
            chosen.Flavour.ToString().ToLowerInvariant(),
            new UriBuilder(forge.BaseAddress) { Port = chosen.ForgePort ?? forge.BaseAddress.Port }.Uri,
            databricks.Url,
            chosen.MoreSettings + (chosen.Postgres is null ? "" : "storage: { postgres: \"file:postgres\" }\n"),
            chosen.ForgeSettings,
            chosen.PlatformSettings,
            cli?.Path
        );
        return new BasculeStage(folder, authority, forge, databricks, file, token) { _cli = cli };
    }

    /// <summary>Asks another replica from now on: the one that these settings are of.</summary>
    public void AskAt(string settingsFile) => OpenClient(settingsFile);

    /// <summary>A real process, killed with <see cref="KillAsync"/> and started again on the same data.</summary>
    public async Task StartBinaryAsync()
    {
        _serve = await ServeProcess.StartAsync(SettingsFile);
        OpenClient();
    }

    /// <summary>Quicker to start, but it cannot be killed.</summary>
    public async Task StartInProcessAsync()
    {
        _log = new StageLog();
        var started = await Server.Host.StartAsync(
            Settings(SettingsFile),
            TimeProvider.System,
            logs => logs.AddProvider(_log),
            CancellationToken.None
        );
        _host = started.Failed(out var problem) ? throw new InvalidOperationException(problem.Message) : started.Value;
        OpenClient();
    }

    /// <summary>SIGKILL to the serving process and to nothing else.</summary>
    public async Task KillAsync()
    {
        if (_serve is not { IsRunning: true } serve)
            return;
        await serve.KillAsync();
        _written.Add(serve.Written);
        _serve = null;
    }

    /// <summary>What was stored, read by this process once Bascule's own is gone.</summary>
    public async Task<IStorage> OpenStorageAsync() =>
        await SqliteStorage.OpenAsync(
            Path.Combine(DataFolder, "bascule.db"),
            TimeProvider.System,
            CancellationToken.None
        );

    /// <summary><c>bascule connect</c>, and an administrator of the platform who pastes what it printed.</summary>
    public async Task<IReadOnlyList<Finding>> ConnectAsync()
    {
        var findings = new List<Finding>();
        await foreach (var finding in Client.ConnectAsync(CancellationToken.None))
        {
            if (finding.Failed(out var problem))
                throw new InvalidOperationException(Diagnose($"connect: {problem.Message}"));
            findings.Add(finding.Value);
            if (finding.Value.Command is { } command && _pasted.Add(command))
                PolicyPaste.Into(Databricks, finding.Value);
        }
        return findings;
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_host is not null)
            await _host.DisposeAsync();
        if (_serve is not null)
            await _serve.DisposeAsync();
        Forge.Faults.Clear();
        Databricks.OnRequest = null;
        await Forge.DisposeAsync();
        await Databricks.DisposeAsync();
        _log?.Dispose();
        _authority.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>The local address of a server that runs under these settings, and its token.</summary>
    public static (Uri Address, Secret Token) LocalOf(string settingsFile)
    {
        var settings = Settings(settingsFile);
        return (new Uri($"http://{settings.Listen.Local}"), LocalToken.Open(settings.DataFolder).Value.Secret);
    }

    private void OpenClient(string? settingsFile = null)
    {
        var (address, token) = LocalOf(settingsFile ?? SettingsFile);
        _client?.Dispose();
        _client = new BasculeClient(address, token);
    }

    private static ServerSettings Settings(string settingsFile)
    {
        var (settings, problems) = ServerSettings.Load(
            settingsFile,
            ConnectorKinds.Forges,
            ConnectorKinds.Platforms,
            TimeProvider.System
        );
        return settings ?? throw new InvalidOperationException(string.Join('\n', problems));
    }

    private static async Task<ForgeSimulator> StartForgeAsync(
        StageOptions options,
        string folder,
        LoopbackAuthority authority
    )
    {
        var forge = await ForgeSimulator.StartAsync(
            new ForgeSimulatorOptions
            {
                Flavour = options.Flavour,
                LoopbackAuthority = authority,
                DataDirectory = Path.Combine(folder, "forge"),
                GogsPullHeadDelay = options.GogsPullHeadDelay,
                UsesHttpBackend = options.HttpBackend,
            }
        );
        forge.AddUser(DeveloperName, Password);
        forge.AddUser(BotName, Guid.NewGuid().ToString("N"));
        forge.AddOrganisation("ml", DeveloperName);
        return forge;
    }

    private static async Task<DatabricksSimulator> StartDatabricksAsync(
        StageOptions options,
        string folder,
        LoopbackAuthority authority
    )
    {
        var databricks = await DatabricksSimulator.StartAsync(
            options.Databricks(
                new DatabricksSimulatorOptions
                {
                    Authority = authority,
                    DataDirectory = Path.Combine(folder, "databricks"),
                    TrustedCaPem = authority.CaPem,
                }
            )
        );
        databricks.AddServicePrincipal(StageSettings.ServicePrincipal);
        foreach (var catalog in (string[])["dev", "main"])
            databricks.AddSchema(catalog, "churn");
        return databricks;
    }
}
