using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Work;
using Bascule.Server.Access;
using Bascule.Server.Accounts;
using Bascule.Server.Api;
using Bascule.Server.Approvals;
using Bascule.Server.Audit;
using Bascule.Server.Audit.Log;
using Bascule.Server.Configuration;
using Bascule.Server.Connect;
using Bascule.Server.Connections;
using Bascule.Server.Console;
using Bascule.Server.Credentials;
using Bascule.Server.Deployments;
using Bascule.Server.Deployments.Outages;
using Bascule.Server.Drift;
using Bascule.Server.Events;
using Bascule.Server.Exchange;
using Bascule.Server.GitProxy;
using Bascule.Server.GitProxy.Lfs;
using Bascule.Server.GitProxy.Pushing;
using Bascule.Server.GitProxy.Raw;
using Bascule.Server.Health;
using Bascule.Server.Holding;
using Bascule.Server.Identity;
using Bascule.Server.Intake;
using Bascule.Server.Issuers;
using Bascule.Server.Lineage;
using Bascule.Server.Mirrors;
using Bascule.Server.People;
using Bascule.Server.Personal;
using Bascule.Server.Promotions;
using Bascule.Server.Provenance;
using Bascule.Server.Reconcile;
using Bascule.Server.Reports;
using Bascule.Server.Retention;
using Bascule.Server.Runs;
using Bascule.Server.Schedules;
using Bascule.Server.Sealing;
using Bascule.Server.Secrets;
using Bascule.Server.Shipping;
using Bascule.Server.Signatures;
using Bascule.Server.SignIn;
using Bascule.Server.Telemetry;
using Bascule.Server.Work;
using Bascule.Server.Workflows;
using Bascule.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bascule.Server;

/// <summary>A running Bascule. Everything it is made of is named here.</summary>
public sealed class Host : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HostParts _parts;
    private readonly TimeProvider _time;

    private Host(WebApplication app, HostParts parts, TimeProvider time)
    {
        _app = app;
        _parts = parts;
        _time = time;
    }

    /// <summary>Where console and API answer, with the port that was really taken.</summary>
    public Uri LocalUrl => new(Addresses.Last());

    /// <summary>Where the public listener answers on this machine; the world may know it by another address.</summary>
    public Uri ListenUrl => new(Addresses.First());

    public IServiceProvider Services => _app.Services;

    private ICollection<string> Addresses =>
        _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;

    /// <summary>Opens the data folder, checks what is bound to it, and serves. Nothing is served when anything is wrong.</summary>
    public static Task<Result<Host>> StartAsync(
        ServerSettings settings,
        TimeProvider time,
        Action<ILoggingBuilder> configureLogs,
        CancellationToken cancellationToken
    ) => StartAsync(settings, time, configureLogs, RuntimeCheck.Running, cancellationToken);

    internal static async Task<Result<Host>> StartAsync(
        ServerSettings settings,
        TimeProvider time,
        Action<ILoggingBuilder> configureLogs,
        string runtime,
        CancellationToken cancellationToken,
        Action<IServiceCollection>? more = null
    )
    {
        if (RuntimeCheck.Judge(runtime).Failed(out var outdated))
            return outdated;
        var opened = await HostParts.OpenAsync(settings, time, cancellationToken);
        if (opened.Failed(out var problem))
            return problem;
        var app = Build(settings, opened.Value, time, configureLogs, more);
        var host = new Host(app, opened.Value, time);
        var started = await host.BeginAsync(settings, cancellationToken);
        if (!started.Failed(out var failed))
            return host;
        await host.DisposeAsync();
        return failed;
    }

    /// <summary>Ends when the token is cancelled or the process is told to stop.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _app.WaitForShutdownAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _parts.DisposeAsync();
    }

    private static WebApplication Build(
        ServerSettings settings,
        HostParts parts,
        TimeProvider time,
        Action<ILoggingBuilder> configureLogs,
        Action<IServiceCollection>? more
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        // Otherwise ASPNETCORE_FORWARDEDHEADERS_ENABLED would have X-Forwarded-For believed from everybody (THREATS T21).
        builder.Configuration["ForwardedHeaders_Enabled"] = "false";
        builder.Logging.ClearProviders();
        configureLogs(builder.Logging);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, settings.Listen));
        builder.Services.AddSingleton(time);
        builder.Services.AddParts(parts);
        builder.Services.AddMirrors(
            new MirrorOptions
            {
                Folder = Path.Combine(settings.DataFolder, "mirrors"),
                MaxBytes = settings.Mirrors.MaxBytes,
            }
        );
        builder.Services.AddAudit();
        builder.Services.AddAuditSpool(settings.DataFolder);
        builder.Services.AddAuditLog(settings);
        builder.Services.AddIdentity(settings);
        builder.Services.AddSecrets(settings);
        builder.Services.AddIntake(new IntakeOptions((int)settings.Intake.MaxBodyBytes));
        builder.Services.AddEvents();
        builder.Services.AddWorkflows(ConnectorKinds.Platforms);
        builder.Services.AddSchedules();
        builder.Services.AddRuns();
        builder.Services.AddProvenance(settings);
        builder.Services.AddSignatures();
        builder.Services.AddApprovals();
        builder.Services.AddReports();
        builder.Services.AddShipping(settings.Collectors);
        builder.Services.AddRetention(settings.Retention);
        builder.Services.AddForeignRuns();
        builder.Services.AddDrift();
        builder.Services.AddConnect();
        builder.Services.AddGitProxy(
            GitProxyOptions.Of(settings.GitLimits, Path.Combine(settings.DataFolder, "views"))
        );
        builder.Services.AddDeployments(settings.DataFolder, settings.DeployRefs);
        builder.Services.AddPromotions();
        builder.Services.AddGitPushes(settings.DataFolder, settings.Pushes, settings.GitLimits);
        builder.Services.AddCredentials();
        builder.Services.WatchCredentials();
        builder.Services.AddReconcile();
        builder.Services.AddReconcileRows();
        builder.Services.WatchShipping();
        builder.Services.AddAccess(settings.Roles, settings.PublicUrl);
        builder.Services.AddPeople();
        builder.Services.AddErasureMemory(settings.DataFolder);
        builder.Services.AddAccounts();
        builder.Services.AddApi(parts.Token);
        builder.Services.AddConsole();
        builder.Services.AddIssuers(settings);
        builder.Services.AddSignIn(settings);
        builder.Services.AddExchange(settings);
        builder.Services.AddOutages();
        builder.Services.ProtectDataByMasterKey();
        builder.Services.AddHolding();
        builder.Services.AddTelemetry(settings.Telemetry);
        builder.Services.AddHealth();
        builder.Services.ObserveHandlers();
        builder.Services.AddWork();
        more?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseSecretGate();
        app.UseLocalListener();
        app.UseRouting();
        app.UseAccess();
        app.MapIntake();
        app.MapIdentity(settings.PublicUrl);
        app.MapBadges();
        app.MapRunPages();
        app.MapGitProxy();
        app.MapLfs();
        app.MapRawFiles();
        app.MapAuditLog();
        app.MapHealth();
        app.MapTelemetry();
        app.MapApi();
        app.MapSignatures();
        app.MapProvenance();
        app.MapConnect();
        app.MapCredentials();
        app.MapReplay();
        app.MapShipping();
        app.MapDeployments();
        app.MapPromotions();
        app.MapDrift();
        app.MapHolding();
        app.MapIssuers();
        app.MapSignIn(settings);
        app.MapExchange(settings);
        app.MapAccounts();
        app.MapConsole();
        app.RequireRouteRules();
        return app;
    }

    private async Task<Result<Done>> BeginAsync(ServerSettings settings, CancellationToken cancellationToken)
    {
        var entry = new AuditEntry(AuditTypes.ServerStarted, "bascule")
        {
            Facts = new JsonObject
            {
                ["url"] = settings.PublicUrl.OriginalString,
                ["forges"] = new JsonArray([.. settings.Forges.Select(forge => JsonValue.Create(forge.Name))]),
                ["environments"] = new JsonArray([.. settings.Environments.Select(env => JsonValue.Create(env.Name))]),
            },
        };
        try
        {
            var looked = await Services.GetRequiredService<ClockCheck>().CheckAsync(cancellationToken);
            if (looked.Failed(out _))
                return looked;
            var written = await Services.GetRequiredService<AuditTrail>().WriteAsync(entry, cancellationToken);
            if (written.Failed(out _))
                return written;
            var opened = await Services.GetRequiredService<LogOpening>().EnsureAsync(cancellationToken);
            if (opened.Failed(out var unopened))
                return unopened;
            var erased = await Services.GetRequiredService<ErasureMemory>().ApplyAsync(cancellationToken);
            if (erased.Failed(out _))
                return erased;
            var noted = await Services.GetRequiredService<IssuerTrust>().NoteAsync(cancellationToken);
            if (noted.Failed(out _))
                return noted;
            await Services
                .GetRequiredService<IWorkStore>()
                .ApplyAsync([RetentionHandler.Due(_time.GetUtcNow())], cancellationToken);
            if (settings.Secrets.All.All(secret => secret.IsRead))
                Services.GetRequiredService<SecretGate>().Open();
            await _app.StartAsync(cancellationToken);
            return await Services.GetRequiredService<SecretStart>().ReadRestAsync(cancellationToken);
        }
        catch (StorageException problem)
        {
            return Problem.Unavailable(problem.Message);
        }
        catch (IOException taken)
        {
            return Problem.Conflict($"cannot listen: {taken.Message}; change listen in {settings.File}");
        }
    }

    private static void Listen(KestrelServerOptions kestrel, ListenSettings settings)
    {
        kestrel.AddServerHeader = false;
        kestrel.Listen(
            settings.Public,
            listen =>
            {
                if (settings.Tls is { } tls)
                    listen.UseHttps(Certificate(tls));
            }
        );
        kestrel.Listen(settings.Local, listen => listen.AsLocalListener());
    }

    /// <summary>Through PKCS #12 and back: a key read from PEM alone is not taken by every TLS stack.</summary>
    private static X509Certificate2 Certificate(TlsFiles tls)
    {
        using var read = X509Certificate2.CreateFromPemFile(tls.Certificate, tls.Key);
        return X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), password: null);
    }
}
