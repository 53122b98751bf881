using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Core.Deliveries;
using Bascule.Core.Drift;
using Bascule.Core.Forges;
using Bascule.Core.Installation;
using Bascule.Core.Lineage;
using Bascule.Core.People;
using Bascule.Core.Promotions;
using Bascule.Core.Provenance;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Access;
using Bascule.Server.Api;
using Bascule.Server.Connections;
using Bascule.Server.Console;
using Bascule.Server.Holding;
using Bascule.Server.People;
using Bascule.Simulators;
using Bascule.Testing.People;
using Bascule.Testing.Stage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bascule.Testing.Runs;

/// <summary>The local listener with its API and console over stores in memory, beside a public listener, on free ports of a real Kestrel.</summary>
public sealed class LocalServer : IAsyncDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("bascule-local-").FullName;
    private IReadOnlyList<RoleRule>? _roles;
    private Action<IEndpointRouteBuilder>? _routes;
    private LoopbackAuthority? _authority;
    private WebApplication? _app;

    private LocalServer() =>
        (Commands, Approvals, Lineage) = (
            new FakeRunCommands(Runs),
            new FakeApprovals(Runs),
            new FakeLineageStore(Runs)
        );

    public FakeRunStore Runs { get; } = new();
    public FakeLineageStore Lineage { get; }
    public FakeDriftStore Drift { get; } = new();

    public FakePromotionStore Promotions { get; } = new();
    public FakeRepositoryStore Repositories { get; } = new();
    public FakeDeliveryStore Deliveries { get; } = new();
    public FakeAttestationStore Attestations { get; } = new();
    public FakeQuarantine Quarantine { get; } = new();
    public FakeRunCommands Commands { get; }
    public FakeApprovals Approvals { get; }
    public FakeInstallationStore Installation { get; } = new();
    public Secret Token { get; private set; } = new("");
    public Uri Local { get; private set; } = new("http://127.0.0.1/");
    public Uri Public { get; private set; } = new("http://127.0.0.1/");

    /// <summary>Whoever is signed in; only when people can sign in at all.</summary>
    public FakeSessions Sessions { get; } = new();
    public FakePeopleStore People { get; } = new();

    /// <summary>The name under which the public listener answers.</summary>
    public const string PublicName = "bascule.example.com";

    /// <param name="services">Added last, so that it may replace anything.</param>
    /// <param name="roles">With roles, people can sign in.</param>
    /// <param name="routes">Mapped before all others.</param>
    /// <param name="authority">With one, the public listener speaks TLS under its own loopback address, so that a browser keeps the session's cookie.</param>
    public static async Task<LocalServer> StartAsync(
        Action<IServiceCollection>? services = null,
        IReadOnlyList<RoleRule>? roles = null,
        Action<IEndpointRouteBuilder>? routes = null,
        LoopbackAuthority? authority = null
    )
    {
        var server = new LocalServer
        {
            _roles = roles,
            _routes = routes,
            _authority = authority,
        };
        await server.StartKestrelAsync(services);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    private async Task StartKestrelAsync(Action<IServiceCollection>? services)
    {
        var token = LocalToken.OpenOrCreate(_data).Value;
        Token = token.Secret;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        var port = _authority is null ? 0 : LoopbackPort.Find();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(System.Net.IPAddress.Loopback, port, Encrypt);
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.AsLocalListener());
        });
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.None)).AddRouting();
        AddStores(builder.Services)
            .AddAccess(
                _roles ?? [],
                new Uri(_authority is null ? $"https://{PublicName}" : $"https://127.0.0.1:{port}")
            )
            .AddPeople()
            .AddApi(token)
            .AddConsole();
        builder.Services.AddSingleton<IAttestationStore>(Attestations);
        if (_roles is not null)
            builder.Services.AddSingleton<ISessions>(Sessions);
        services?.Invoke(builder.Services);
        _app = builder.Build();
        _app.UseLocalListener();
        _app.UseRouting();
        _app.UseAccess();
        _routes?.Invoke(_app);
        _app.MapApi().MapConsole();
        _app.RequireRouteRules();
        await _app.StartAsync();
        var addresses = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        (Public, Local) = (new Uri(addresses.First()), new Uri(addresses.Last()));
    }

    private void Encrypt(ListenOptions listen)
    {
        if (_authority is not null)
            listen.UseHttps(_authority.ServerCertificate);
    }

    private IServiceCollection AddStores(IServiceCollection services) =>
        services
            .AddSingleton(TimeProvider.System)
            .AddSingleton<IRunStore>(Runs)
            .AddSingleton<ILineageStore>(Lineage)
            .AddSingleton<IDriftStore>(Drift)
            .AddSingleton<IPromotionStore>(Promotions)
            .AddSingleton(new EnvironmentConnections([]))
            .AddSingleton<IApprovals>(Approvals)
            .AddSingleton<IRepositoryStore>(Repositories)
            .AddSingleton<IDeliveryStore>(Deliveries)
            .AddSingleton<IPeopleStore>(People)
            .AddSingleton(new ForgeConnections([new ConnectedForge("forge1", "git", null!, [])]))
            .AddSingleton<IWorkStore>(Quarantine)
            .AddSingleton<IRunCommands>(Commands)
            .AddSingleton<IInstallationStore>(Installation)
            .AddSingleton<WorkSignal>()
            .AddSingleton<HoldGate>();
}
