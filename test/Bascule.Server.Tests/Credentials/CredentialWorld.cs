using System.Text;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Credentials;
using Bascule.Core.Forges;
using Bascule.Core.People;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Connections;
using Bascule.Server.Credentials;
using Bascule.Server.Holding;
using Bascule.Server.Sealing;
using Bascule.Server.Telemetry;
using Bascule.Server.Tests.World;
using Bascule.Storage;
using Bascule.Testing.Forges;
using Bascule.Testing.Storage;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Tests.Credentials;

/// <summary>A simulated forge with an account for Bascule, and the parts that look after its credential over a real database. Work is taken row by row.</summary>
internal sealed class CredentialWorld : IAsyncDisposable
{
    public const string ForgeUid = "f-1";
    public static readonly Actor Operator = Actor.LocalOperator;
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-credentials-").FullName;
    private readonly BasculeMetrics _metrics = new();

    private CredentialWorld(SimulatedForgeStage forge) => Forge = forge;

    public SimulatedForgeStage Forge { get; }
    public StagedPerson Bot { get; private set; } = null!;
    public ManualClock Clock { get; } = new();
    public ListLogs Logs { get; } = new();
    public MasterKey Key { get; private set; } = null!;
    public SqliteStorage Storage { get; private set; } = null!;
    public CredentialReplica Replica { get; private set; } = null!;
    public string DatabaseFile => Path.Combine(_folder, "bascule.db");
    public CredentialSettings Settings { get; set; } = CredentialSettings.Default;

    public bool IsGogs => Forge.Kind == "gogs";

    public static async Task<CredentialWorld> OpenAsync(string kind)
    {
        var world = new CredentialWorld(kind == "gogs" ? new SimulatedGogs() : new SimulatedGitea());
        await world.Forge.SetUpAsync();
        world.Bot = await world.Forge.NewPersonAsync();
        world.Key = MasterKey.Open(Path.Combine(world._folder, "master.key")).Value;
        world.Storage = await SqliteStorage.OpenAsync(world.DatabaseFile, world.Clock, default);
        world.Replica = await world.StartReplicaAsync();
        return world;
    }

    /// <summary>As after a start, or beside another: its own connection to the forge, its own look at the database, and none of what another remembers.</summary>
    public async Task<CredentialReplica> StartReplicaAsync(string? token = null)
    {
        var forge = Forge.Connect(token ?? Bot.Token, IsGogs ? Forge.Administrator : null);
        using var logs = LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs));
        var connected = new ConnectedForge(ForgeUid, "git", forge, []) { Credential = Settings };
        var forges = new ForgeConnections([connected]);
        var seal = new CredentialSeal(Key);
        var store = Storage.ForgeCredentials;
        var audit = new AuditTrail(Storage.Audit, Clock, _metrics, logs.CreateLogger<AuditTrail>());
        var gate = new HoldGate(Storage.Installation, Storage.WorkSignal, Clock, logs.CreateLogger<HoldGate>());
        var replica = new CredentialReplica(
            forge,
            new CredentialRotation(forges, store, seal, audit, Clock, logs.CreateLogger<CredentialRotation>()),
            new CredentialActs(forges, store, Storage.Work, seal, audit, gate, Clock),
            new CredentialWatch(forges, store, seal, Clock, logs.CreateLogger<CredentialWatch>()),
            new CredentialReader(forges, store, seal)
        );
        await replica.Watch.StartAsync(default);
        return replica;
    }

    /// <summary>The old process is gone with all that it knew.</summary>
    public async Task CrashAsync() => Replica = await StartReplicaAsync();

    public async Task<StoredCredential> SealAsync()
    {
        var done = await Replica.Acts.SealAsync("git", Bot.Login, new Secret(Bot.Password), Operator, default);
        done.Problem.ShouldBeNull();
        await DrainAsync();
        return await RowAsync();
    }

    public async Task AskAsync() => (await Replica.Acts.AskAsync("git", Operator, default)).Problem.ShouldBeNull();

    public async Task<StoredCredential> RowAsync() =>
        (await Storage.ForgeCredentials.FindAsync(ForgeUid, default)).ShouldNotBeNull();

    public async Task<IReadOnlyList<WorkItem>> DueAsync() =>
        await Storage.Work.ReadDueAsync(Clock.GetUtcNow(), [], 10, default);

    /// <summary>One handling of the forge's row; false when it is not due.</summary>
    public async Task<bool> StepAsync()
    {
        if (await DueAsync() is not [var item])
            return false;
        var result = await Replica.Rotation.HandleAsync(item, default);
        (await Storage.Work.SettleAsync(item, result, Clock.GetUtcNow(), default)).Problem.ShouldBeNull();
        await Replica.Watch.LookAsync(default);
        return true;
    }

    public async Task DrainAsync()
    {
        for (var steps = 0; await StepAsync(); steps++)
            steps.ShouldBeLessThan(50);
    }

    /// <summary>Until the former one has been ended, however long it was to stay good.</summary>
    public async Task FinishAsync()
    {
        await DrainAsync();
        Clock.Advance(Settings.Overlap + TimeSpan.FromMinutes(5));
        await DrainAsync();
    }

    /// <summary>Whether the forge takes what this replica shows, to git as well; what was refused is renewed once, as requests do.</summary>
    public async Task<bool> WorksAsync(CredentialReplica replica)
    {
        var shown = replica.Credential.Current!;
        if (await IsTakenAsync(shown))
            return true;
        return await replica.Credential.RenewAsync(shown, default) && await IsTakenAsync(replica.Credential.Current!);
    }

    public async Task<bool> IsTakenAsync(ForgeSecret secret)
    {
        var seen = await Replica.Holder.Rotation.IdentifyAsync(secret, default);
        return seen.Problem is null && seen.Value.Login == Bot.Login;
    }

    public async Task<IReadOnlyList<JsonObject>> EntriesAsync() =>
        [
            .. (await Storage.Audit.ReadAsync(0, 1000, default)).Select(record =>
                JsonNode.Parse(Encoding.UTF8.GetString(record.Entry.Span))!.AsObject()
            ),
        ];

    /// <summary>The types of the entries about credentials, in order.</summary>
    public async Task<IReadOnlyList<string>> StoryAsync() =>
        [
            .. (await EntriesAsync())
                .Select(entry => (string)entry["type"]!)
                .Where(type => type.StartsWith("credential.", StringComparison.Ordinal)),
        ];

    public async ValueTask DisposeAsync()
    {
        await Storage.DisposeAsync();
        Key.Dispose();
        await Forge.DisposeAsync();
        _metrics.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>What one replica is made of.</summary>
internal sealed record CredentialReplica(
    IForge Forge,
    CredentialRotation Rotation,
    CredentialActs Acts,
    CredentialWatch Watch,
    CredentialReader Reader
)
{
    public ICredentialHolder Holder => (ICredentialHolder)Forge;

    public ForgeCredential Credential => Holder.Credential;
}
