using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Bascule.Core.Audit;
using Bascule.Core.Audit.Log;
using Bascule.Server.Audit;
using Bascule.Server.Audit.Log;
using Bascule.Server.Telemetry;
using Bascule.Server.Tests.World;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bascule.Server.Tests.Audit.Log;

/// <summary>The parts of the audit log over a real database, taken step by step.</summary>
internal sealed class LogWorld : IAsyncDisposable, IHostApplicationLifetime
{
    private static readonly Uri Url = new("https://bascule.example.com");
    private readonly ServerWorld _world;
    private readonly BasculeMetrics _metrics = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-log-").FullName;

    private LogWorld(ServerWorld world, AuditLogSettings settings)
    {
        (_world, Settings) = (world, settings);
        Opening = new LogOpening(Logs, world.Storage.Work, world.Get<AuditTrail>(), world.MasterKey, Url, world.Clock);
        Growing = new LogGrowing(Logs, world.Storage.Audit, world.Storage.Work, settings, world.Clock);
    }

    public AuditLogSettings Settings { get; }
    public LogOpening Opening { get; }
    public LogGrowing Growing { get; }
    public ILogStore Logs => _world.Storage.AuditLogs;
    public ManualClock Clock => _world.Clock;
    public string MemoryFile => Path.Combine(_folder, "audit.checkpoint");
    public bool IsStopped { get; private set; }

    public CancellationToken ApplicationStarted => default;
    public CancellationToken ApplicationStopping => default;
    public CancellationToken ApplicationStopped => default;

    public static async Task<LogWorld> OpenAsync(AuditLogSettings? settings = null)
    {
        var world = new LogWorld(await ServerWorld.OpenAsync(), settings ?? AuditLogSettings.Default);
        (await world.Opening.EnsureAsync(default)).Problem.ShouldBeNull();
        return world;
    }

    public async Task<StoredLog> LogAsync() => (await Logs.ListAsync(default))[0];

    public async Task<LogKeys> KeysAsync() => Opening.OpenKeys(await LogAsync());

    public ITiles Tiles(StoredLog log) => new StoredTiles(Logs, _world.Storage.Audit, log);

    public Cosigning Cosigning() => new(Logs, _world.Storage.Work, Settings, Clock);

    public EntrySearch Search() => new(Logs, _world.Storage.Audit);

    public EntryIndexer Indexer() =>
        new(Logs, _world.Storage.Audit, _world.Storage.Work, Clock, NullLogger<EntryIndexer>.Instance);

    /// <summary>A process of its own, as far as the audit log goes.</summary>
    public LogPublisher Publisher() =>
        new(
            Opening,
            Growing,
            new LogMemory(MemoryFile, Logs, _world.Storage.Audit),
            Logs,
            _world.Storage.Work,
            _world.Get<AuditTrail>(),
            this,
            _metrics,
            Clock,
            NullLogger<LogPublisher>.Instance
        );

    public Task WriteAsync(int count) => WriteAsync(count, "r-1");

    public async Task WriteAsync(int count, string run)
    {
        for (var number = 0; number < count; number++)
            await WriteAsync(run, number);
    }

    /// <summary>Many at once, in no order.</summary>
    public Task FillAsync(int count, string run) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(number => WriteAsync(run, number)));

    private async Task WriteAsync(string run, int number)
    {
        var entry = new AuditEntry("run.asked", "operator")
        {
            Links = new Dictionary<string, string> { ["run"] = run },
            Facts = new JsonObject { ["number"] = number },
        };
        (await _world.Get<AuditTrail>().WriteAsync(entry, default)).Problem.ShouldBeNull();
    }

    public async Task PublishAsync()
    {
        using var keys = await KeysAsync();
        (await Publisher().PublishAsync(keys, default)).Problem.ShouldBeNull();
    }

    public async Task<Checkpoint> CheckpointAsync()
    {
        var log = await LogAsync();
        using var keys = await KeysAsync();
        var stored = (await Logs.FindAsync(log.Number, log.PublishedSize, default)).ShouldNotBeNull();
        return Checkpoint.Open(SignedNote.Parse(stored.Note)!, keys.Key).Value;
    }

    public async Task<IReadOnlyList<AuditRecord>> EntriesAsync() =>
        await _world.Storage.Audit.ReadAsync(0, 10_000, default);

    public Task<IReadOnlyList<JsonObject>> EntriesAsync(string type) => _world.EntriesAsync(type);

    /// <summary>What somebody with the database in their hands can do.</summary>
    [SuppressMessage("Security", "CA2100", Justification = "Tests say what they mean.")]
    public async Task TamperAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={_world.DatabaseFile}");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    public void StopApplication() => IsStopped = true;

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        _metrics.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
