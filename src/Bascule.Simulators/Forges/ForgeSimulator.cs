using Bascule.Simulators.Forges.Git;
using Bascule.Simulators.Forges.Hooks;
using Bascule.Simulators.Forges.Shapes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bascule.Simulators.Forges;

/// <summary>
/// A strict stand-in for a Gogs, Gitea or Forgejo server on https loopback: real bare repositories over real smart HTTP,
/// the API and the webhooks as they were recorded. It is the outside world and knows nothing of Bascule.
/// </summary>
public sealed partial class ForgeSimulator : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ForgeEngine _engine;
    private readonly HookQueue _hooks;
    private readonly RequestPipeline _pipeline;

    private ForgeSimulator(ForgeSimulatorOptions options, WebApplication application, string baseUrl)
    {
        Flavour = options.Flavour;
        BaseAddress = new Uri(baseUrl + "/");
        Faults = new ForgeFaults();
        var world = new World(options.TimeProvider);
        var store = new RepositoryStore(options.DataDirectory, options.Flavour == ForgeFlavour.Gogs);
        Dialect dialect =
            options.Flavour == ForgeFlavour.Gogs
                ? new GogsDialect(baseUrl, world)
                : new GiteaDialect(baseUrl, world, options.Flavour == ForgeFlavour.Forgejo);
        _application = application;
        _hooks = new HookQueue(dialect, Faults, options);
        _engine = new ForgeEngine(world, dialect, store, _hooks, options, baseUrl);
        _pipeline = new RequestPipeline(_engine, Faults);
    }

    public ForgeFlavour Flavour { get; }

    /// <summary>https://127.0.0.1:port/</summary>
    public Uri BaseAddress { get; }

    /// <summary>What every result obtained here must say.</summary>
    public string Label =>
        Flavour switch
        {
            ForgeFlavour.Gogs => "forge simulator (Gogs 0.11.91 behaviour)",
            ForgeFlavour.Forgejo => "forge simulator (Gitea 1.16.9 behaviour with documented Forgejo headers)",
            _ => "forge simulator (Gitea 1.16.9 behaviour)",
        };

    public ForgeFaults Faults { get; }

    /// <summary>Where the bytes of an LFS object lie, for tests that change them.</summary>
    public string LfsFile(string oid) => _pipeline.Lfs.FileOf(oid);

    /// <summary>An LFS object that it does not take from now on.</summary>
    public void RefuseLfs(string oid) => _pipeline.Lfs.Refuse(oid);

    /// <summary>Whether it answers as Gitea does since 1.17 when it is asked what an account may do with a repository; not recorded, after Gitea's description of its API.</summary>
    public bool TellsPermissions
    {
        get => _engine.World.TellsPermissions;
        set => _engine.World.TellsPermissions = value;
    }

    /// <summary>Every request so far, in the order of their answers.</summary>
    public IReadOnlyList<ForgeRequest> Requests => _pipeline.Requests;

    /// <summary>Every webhook tried so far, in order; drops and copies included.</summary>
    public IReadOnlyList<ForgeDelivery> Deliveries => _hooks.Deliveries;

    public static async Task<ForgeSimulator> StartAsync(
        ForgeSimulatorOptions options,
        CancellationToken cancellationToken = default
    )
    {
        ForgeSimulator? simulator = null;
        var application = Build(options);
        application.Run(context => simulator!._pipeline.HandleAsync(context));
        await application.StartAsync(cancellationToken);
        var addresses = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>();
        simulator = new ForgeSimulator(options, application, addresses!.Addresses.First().TrimEnd('/'));
        return simulator;
    }

    /// <summary>Waits until every queued webhook was tried and every late ref was moved.</summary>
    public async Task WaitForHooksAsync(CancellationToken cancellationToken = default)
    {
        while (!_engine.IsIdle)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Faults.ComeBack();
        await _application.StopAsync();
        await _application.DisposeAsync();
        await _hooks.DisposeAsync();
    }

    private static WebApplication Build(ForgeSimulatorOptions options)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(
                System.Net.IPAddress.Loopback,
                options.Port,
                listen =>
                {
                    listen.Protocols = HttpProtocols.Http1;
                    listen.UseHttps(options.LoopbackAuthority.ServerCertificate);
                }
            );
        });
        return builder.Build();
    }
}
