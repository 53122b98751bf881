using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Bascule.Core.Audit;
using Bascule.Core.Content;
using Bascule.Core.Deliveries;
using Bascule.Core.Forges;
using Bascule.Core.People;
using Bascule.Core.Pushes;
using Bascule.Core.Runs;
using Bascule.Core.Settings;
using Bascule.Core.Work;
using Bascule.Core.Workflows;
using Bascule.Server.Access;
using Bascule.Server.Approvals;
using Bascule.Server.Audit;
using Bascule.Server.Configuration;
using Bascule.Server.Connect;
using Bascule.Server.Connections;
using Bascule.Server.Deployments;
using Bascule.Server.Drift;
using Bascule.Server.Events;
using Bascule.Server.GitProxy.Pushing;
using Bascule.Server.Holding;
using Bascule.Server.Identity;
using Bascule.Server.Intake;
using Bascule.Server.Mirrors;
using Bascule.Server.People;
using Bascule.Server.Promotions;
using Bascule.Server.Provenance;
using Bascule.Server.Reconcile;
using Bascule.Server.Reports;
using Bascule.Server.Retention;
using Bascule.Server.Runs;
using Bascule.Server.Schedules;
using Bascule.Server.Sealing;
using Bascule.Server.Shipping;
using Bascule.Server.Signatures;
using Bascule.Server.Tests.Workflows;
using Bascule.Server.Workflows;
using Bascule.Storage;
using Bascule.Testing.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Tests.World;

/// <summary>
/// The server's own parts, wired as <see cref="Host"/> wires them, over a real database; forge, mirror and platform are fakes. Rows of work are taken one by
/// one, so that a test decides what happens between them.
/// </summary>
internal sealed class ServerWorld : IAsyncDisposable
{
    public const string Main = "refs/heads/main";
    public const string File = """
        workflows:
          churn:
            on:
              push: { branches: [main], environment: ml-prod }
              pull_request: { branches: [main], environment: ml-dev }
            lab: { run: train.py }
        """;

    /// <summary>Where the public address is looked for: nobody answers, and nobody outside is asked.</summary>
    private static readonly Uri Nowhere = new("http://127.0.0.1:1");
    public static readonly RepositoryKey Churn = new("f-1", 7);
    public static readonly ForgeAccount Ada = new(3, "ada");
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-world-").FullName;
    private WebApplication? _app;
    private FakePeople? _people;

    private readonly EnvironmentLimits _limits;
    private readonly RewrittenHistory _rewritten;
    private readonly Func<EnvironmentRule, EnvironmentRule> _rules;
    private readonly IReadOnlyList<CollectorSettings> _collectors;

    private ServerWorld(
        FakeForge forge,
        EnvironmentLimits limits,
        RewrittenHistory rewritten,
        Func<EnvironmentRule, EnvironmentRule>? rules,
        IReadOnlyList<CollectorSettings>? collectors
    ) =>
        (Forge, _limits, _rewritten, _rules, _collectors) = (
            forge,
            limits,
            rewritten,
            rules ?? (rule => rule),
            collectors ?? []
        );

    public string DatabaseFile => Path.Combine(_folder, "bascule.db");

    public FakeForge Forge { get; }
    public FakeMirror Mirror { get; } = new();
    public FakePlatform Platform { get; } = new();
    public FakePeople People => _people ??= new FakePeople(Storage.People);
    public ManualClock Clock { get; } = new();
    public ListLogs Logs { get; } = new();
    public SqliteStorage Storage { get; private set; } = null!;
    public SwitchedAudit Audit { get; private set; } = null!;
    public MasterKey MasterKey { get; private set; } = null!;
    public Uri Address { get; private set; } = new("http://127.0.0.1/");
    public IServiceProvider Services => _app!.Services;

    public static async Task<ServerWorld> OpenAsync(
        FakeForge? forge = null,
        IntakeOptions? intake = null,
        EnvironmentLimits? limits = null,
        RewrittenHistory rewritten = RewrittenHistory.Stop,
        Func<EnvironmentRule, EnvironmentRule>? rules = null,
        IReadOnlyList<CollectorSettings>? collectors = null
    )
    {
        var world = new ServerWorld(
            forge ?? new FakeStatusForge(),
            limits ?? EnvironmentLimits.Default,
            rewritten,
            rules,
            collectors
        );
        await world.BuildAsync(intake ?? new IntakeOptions());
        return world;
    }

    /// <summary>As <see cref="OpenAsync"/>, with the public endpoints on a free port of a real Kestrel.</summary>
    public static async Task<ServerWorld> ServeAsync(FakeForge? forge = null, IntakeOptions? intake = null)
    {
        var world = await OpenAsync(forge, intake);
        await world._app!.StartAsync();
        var addresses = world.Get<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        world.Address = new Uri(addresses.First());
        return world;
    }

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    public T Handler<T>()
        where T : IWorkHandler => Services.GetServices<IWorkHandler>().OfType<T>().Single();

    public async Task ApplyAsync(params Change[] changes) =>
        (await Storage.Work.ApplyAsync(changes, default)).Problem.ShouldBeNull();

    public async Task<Run> FindAsync(Run run) => (await Storage.Runs.FindAsync(run.Id, default)).ShouldNotBeNull();

    /// <summary>Newest first.</summary>
    public Task<IReadOnlyList<Run>> RunsAsync() => Storage.Runs.ListAsync(new RunFilter(Churn), default);

    /// <summary>Stores a delivery that stands for the event, as intake does.</summary>
    public async Task<Delivery> DeliverAsync(ForgeEvent happened, byte[]? body = null, string? id = null)
    {
        body ??= ((FakeWebhooks)Forge.Webhooks).BodyOf(happened);
        var delivery = new Delivery
        {
            Uid = "d-" + RandomNumberGenerator.GetHexString(20, lowercase: true),
            WebhookUid = "w-1",
            Repository = Churn,
            DeliveryId = id ?? Guid.NewGuid().ToString(),
            EventName = "push",
            BodyDigest = Convert.ToHexStringLower(SHA256.HashData(body)),
            Json = body,
            ReceivedAt = Clock.GetUtcNow(),
        };
        await Storage.Deliveries.AppendAsync(delivery, EventWork.For(delivery, happened, Clock.GetUtcNow()), default);
        return delivery;
    }

    public async Task<string?> OutcomeAsync(Delivery delivery) =>
        (await Storage.Deliveries.FindAsync(delivery.Uid, default))?.Outcome;

    /// <summary>Handles the first due row whose kind begins so, and stores what came of it.</summary>
    public async Task<WorkResult> StepAsync(string kind = "")
    {
        var item = (await DueAsync(kind))[0];
        var result = await Services
            .GetServices<IWorkHandler>()
            .Single(handler => handler.Kind == item.Kind)
            .HandleAsync(item, default);
        (await Storage.Work.SettleAsync(item, result, Clock.GetUtcNow(), default)).Problem.ShouldBeNull();
        return result;
    }

    /// <summary>Handles rows until none that begins so is due.</summary>
    public async Task DrainAsync(string kind)
    {
        for (var steps = 0; (await DueAsync(kind)).Any(); steps++)
        {
            steps.ShouldBeLessThan(100);
            await StepAsync(kind);
        }
    }

    public async Task<IReadOnlyList<WorkItem>> DueAsync(string kind = "") =>
        [
            .. (await Storage.Work.ReadDueAsync(Clock.GetUtcNow(), [], 100, default)).Where(item =>
                item.Kind.StartsWith(kind, StringComparison.Ordinal)
            ),
        ];

    /// <summary>As a restore leaves it behind: it acts on nothing.</summary>
    public async Task HoldAsync()
    {
        await using var connection = new SqliteConnection($"Data Source={DatabaseFile};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "UPDATE installation SET held_at = 1, held_because = 'it was restored'";
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Every audit entry so far, optionally of one type.</summary>
    public async Task<IReadOnlyList<JsonObject>> EntriesAsync(string? type = null) =>
        [
            .. (await Storage.Audit.ReadAsync(0, 1000, default))
                .Select(record => JsonNode.Parse(Encoding.UTF8.GetString(record.Entry.Span))!.AsObject())
                .Where(entry => type is null || (string)entry["type"]! == type),
        ];

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        await Storage.DisposeAsync();
        MasterKey.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task BuildAsync(IntakeOptions intake)
    {
        MasterKey = MasterKey.Open(Path.Combine(_folder, "master.key")).Value;
        Storage = await SqliteStorage.OpenAsync(DatabaseFile, Clock, default);
        Audit = new SwitchedAudit(Storage.Audit);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRouting().AddLogging(logs => logs.SetMinimumLevel(LogLevel.Debug).AddProvider(Logs));
        AddWorld(builder.Services);
        AddServer(builder.Services, intake);
        _app = builder.Build();
        _app.UseRouting();
        _app.MapIntake();
        _app.MapIdentity(new Uri("https://bascule.example.com"));
        _app.MapBadges();
        _app.MapRunPages();
        await ApplyAsync(new SaveRepository(Churn, Repository));
    }

    private void AddWorld(IServiceCollection services)
    {
        var forge = new ConnectedForge(Churn.ForgeUid, "git", Forge, [Glob.Parse("ml/*")])
        {
            RotateSecrets = TimeSpan.FromDays(90),
        };
        services.AddSingleton<TimeProvider>(Clock).AddSingleton(MasterKey);
        services.AddSingleton(new ForgeConnections([forge]));
        services.AddSingleton(
            new EnvironmentConnections([
                Environment("ml-prod", ["main"], pullRequests: false),
                Environment("ml-dev", [], pullRequests: true),
            ])
        );
        services.AddSingleton(new PlatformPlanners([Platform])).AddSingleton<IMirrors>(Mirror);
        services
            .AddSingleton(Storage.Work)
            .AddSingleton(Storage.Shards)
            .AddSingleton(Storage.WorkSignal)
            .AddSingleton(Storage.Deliveries)
            .AddSingleton(Storage.Retention)
            .AddSingleton(Storage.Collectors)
            .AddSingleton(Storage.Deployments)
            .AddSingleton(Storage.Drift)
            .AddSingleton(Storage.Promotions)
            .AddSingleton(Storage.Lineage);
        services.AddSingleton(Storage.Webhooks).AddSingleton(Storage.Repositories).AddSingleton(Storage.Runs);
        services.AddSingleton(Storage.Holders).AddSingleton(Storage.Schedules).AddSingleton(Storage.Approvals);
        services.AddSingleton<IPeopleStore>(People).AddSingleton(Storage.ConfirmedKeys).AddSingleton(Storage.Pushes);
        services.AddSingleton(Storage.Attestations).AddSingleton(Storage.PersonKeys);
        services.AddSingleton(Storage.Reconcile).AddSingleton(Storage.Gaps);
        services.AddSingleton(Storage.Reports).AddSingleton(Storage.Installation).AddSingleton<IAuditLog>(Audit);
    }

    private void AddServer(IServiceCollection services, IntakeOptions intake)
    {
        services.AddAudit();
        services.AddAuditSpool(_folder);
        services.AddHolding();
        services.AddIdentity(Settings());
        services.AddSingleton(provider => new KeyPublication(
            provider.GetRequiredService<SigningKeys>(),
            Nowhere,
            caFile: null,
            provider.GetRequiredService<ILogger<KeyPublication>>()
        ));
        services.AddIntake(intake);
        services.AddEvents();
        services.AddWorkflows([new NamedPlatformConnector("lab")]);
        services.AddSingleton<RunComparisons>();
        services.AddSchedules();
        services.AddSingleton(new MirrorOptions { Folder = Path.Combine(_folder, "mirrors") });
        services.AddDeployments(_folder);
        services.AddPromotions();
        services.AddGitPushes(_folder, new PushSettings(), new GitLimits());
        services.AddRuns();
        services.AddDrift();
        services.AddProvenance(new ProvenanceOptions(new Uri("https://bascule.example.com"), TimeSpan.FromDays(1)));
        services.AddSignatures();
        services.AddApprovals();
        services.AddReports();
        services.AddShipping(_collectors);
        services.AddRetention(RetentionSettings.Default);
        services.AddConnect();
        services.AddAccess([], new Uri("https://bascule.example.com"));
        services.AddPeople();
        services.AddReconcile();
    }

    public static ForgeRepository Repository =>
        new()
        {
            Id = Churn.Id,
            Owner = "ml",
            Name = "churn",
            DefaultBranch = "main",
        };

    private EnvironmentConnection Environment(string name, string[] branches, bool pullRequests)
    {
        RepositoryPattern.TryParse("git:ml/*", out var repositories, out _).ShouldBeTrue();
        var rule = new EnvironmentRule(name, "lab", [repositories!], [.. branches.Select(Glob.Parse)], pullRequests)
        {
            Limits = _limits,
            Rewritten = _rewritten,
        };
        return new EnvironmentConnection($"e-{name}", _rules(rule), Platform, new LabEnvironment());
    }

    private ServerSettings Settings() =>
        new()
        {
            File = Path.Combine(_folder, "bascule.yaml"),
            PublicUrl = new Uri("https://bascule.example.com"),
            DataFolder = _folder,
            Storage = new SqliteSettings(Path.Combine(_folder, "bascule.db")),
            Listen = new ListenSettings(
                new IPEndPoint(IPAddress.Loopback, 0),
                new IPEndPoint(IPAddress.Loopback, 0),
                Tls: null
            ),
            Forges = [],
            Platforms = [],
            Environments = [],
            Intake = new IntakeSettings(1024),
        };
}
