using System.Text;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Audit.Log;
using Bascule.Core.Audit.Verifying;
using Bascule.Server.Audit;
using Bascule.Server.Audit.Log;
using Bascule.Server.Sealing;
using Bascule.Server.Telemetry;
using Bascule.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bascule.Bench.Audit;

/// <summary>The server's own audit log over SQLite: what appends, what signs, what indexes.</summary>
internal sealed class BenchLog : IAsyncDisposable, IHostApplicationLifetime
{
    private static readonly Uri Url = new("https://bascule.example.com");
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-audit-").FullName;
    private readonly BasculeMetrics _metrics = new();
    private readonly List<BackgroundService> _running = [];
    private SqliteStorage _storage = null!;
    private AuditTrail _trail = null!;
    private MasterKey _masterKey = null!;
    private LogOpening _opening = null!;
    private LogGrowing _growing = null!;

    public CancellationToken ApplicationStarted => default;
    public CancellationToken ApplicationStopping => default;
    public CancellationToken ApplicationStopped => default;

    /// <summary>The verifier key.</summary>
    public string Key { get; private set; } = "";

    public static async Task<BenchLog> OpenAsync(CancellationToken cancellationToken)
    {
        var log = new BenchLog();
        log._storage = await SqliteStorage.OpenAsync(log.File, TimeProvider.System, cancellationToken);
        log._trail = new AuditTrail(
            log._storage.Audit,
            TimeProvider.System,
            log._metrics,
            NullLogger<AuditTrail>.Instance
        );
        log._masterKey = MasterKey.Open(Path.Combine(log._folder, "master.key")).Value;
        log._opening = new LogOpening(
            log._storage.AuditLogs,
            log._storage.Work,
            log._trail,
            log._masterKey,
            Url,
            TimeProvider.System
        );
        log._growing = new LogGrowing(
            log._storage.AuditLogs,
            log._storage.Audit,
            log._storage.Work,
            AuditLogSettings.Default,
            TimeProvider.System
        );
        var opened = (await log._opening.EnsureAsync(cancellationToken)).Value;
        using var keys = log._opening.OpenKeys(opened);
        log.Key = keys.Key.ToString();
        return log;
    }

    /// <summary>An entry as a call writes one, of about 400 bytes.</summary>
    public static byte[] Entry(int writer) => OfCall(writer).ToCanonical(TimeProvider.System.GetUtcNow());

    /// <summary>Signs and indexes from now on, as a server does.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var (logs, audit, work) = (_storage.AuditLogs, _storage.Audit, _storage.Work);
        var memory = new LogMemory(Path.Combine(_folder, "audit.checkpoint"), logs, audit);
        _running.Add(
            new LogPublisher(
                _opening,
                _growing,
                memory,
                logs,
                work,
                _trail,
                this,
                _metrics,
                TimeProvider.System,
                NullLogger<LogPublisher>.Instance
            )
        );
        _running.Add(new EntryIndexer(logs, audit, work, TimeProvider.System, NullLogger<EntryIndexer>.Instance));
        foreach (var service in _running)
            await service.StartAsync(cancellationToken);
    }

    public async Task AppendAsync(int writer, CancellationToken cancellationToken)
    {
        var written = await _trail.WriteAsync(OfCall(writer), cancellationToken);
        if (written.Failed(out var problem))
            throw new InvalidOperationException(problem.Message);
    }

    /// <summary>Appends so many, signs them all, and lets them be found.</summary>
    public async Task FillAsync(int count, CancellationToken cancellationToken)
    {
        await Parallel.ForAsync(
            0,
            count,
            new ParallelOptions { MaxDegreeOfParallelism = 256, CancellationToken = cancellationToken },
            async (number, token) => await AppendAsync(number, token)
        );
        using var keys = _opening.OpenKeys(await LogAsync(cancellationToken));
        while ((await _growing.GrowAsync(await LogAsync(cancellationToken), keys, cancellationToken)).Value) { }
        using var indexer = new EntryIndexer(
            _storage.AuditLogs,
            _storage.Audit,
            _storage.Work,
            TimeProvider.System,
            NullLogger<EntryIndexer>.Instance
        );
        await indexer.IndexAsync(cancellationToken);
    }

    public async Task<ILogSource> SourceAsync(CancellationToken cancellationToken)
    {
        var log = await LogAsync(cancellationToken);
        var stored = (await _storage.AuditLogs.FindAsync(log.Number, log.Size, cancellationToken))!;
        return new Source(new StoredTiles(_storage.AuditLogs, _storage.Audit, log), stored.WholeNote);
    }

    public async Task<Checkpoint> CheckpointAsync(CancellationToken cancellationToken)
    {
        var source = await SourceAsync(cancellationToken);
        var note = (await source.ReadCheckpointAsync(cancellationToken)).Value;
        return Checkpoint.Parse(SignedNote.Parse(note.Span)!)!;
    }

    public async Task<byte[]> EntryAsync(long index, CancellationToken cancellationToken) =>
        (await _storage.Audit.ReadAsync(index, 1, cancellationToken))[0].Entry.ToArray();

    /// <summary>Bytes of the database on disk, its index for searches included.</summary>
    public async Task<long> SizeAsync(CancellationToken cancellationToken)
    {
        await _storage.DisposeAsync();
        _storage = await SqliteStorage.OpenAsync(File, TimeProvider.System, cancellationToken);
        return new FileInfo(File).Length;
    }

    public void StopApplication() => throw new InvalidOperationException("the audit log lost its history");

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _running)
        {
            await service.StopAsync(CancellationToken.None);
            service.Dispose();
        }
        await _storage.DisposeAsync();
        _masterKey.Dispose();
        _metrics.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string File => Path.Combine(_folder, "bascule.db");

    private async Task<StoredLog> LogAsync(CancellationToken cancellationToken) =>
        (await _storage.AuditLogs.ListAsync(cancellationToken))[0];

    private static AuditEntry OfCall(int writer) =>
        new(AuditTypes.CallBegun, "bascule")
        {
            Links = new Dictionary<string, string>
            {
                ["run"] = $"r-{writer:x16}",
                ["delivery"] = $"d-{writer:x20}",
                ["repository"] = "f-0123456789abcdef/7",
                ["call"] = Guid.NewGuid().ToString("N")[..16],
            },
            Facts = new JsonObject
            {
                ["operation"] = "databricks.runs.submit",
                ["target"] = "/api/2.2/jobs/runs/submit",
            },
        };

    private sealed class Source(StoredTiles tiles, string note) : ILogSource
    {
        public string Name => "the benchmark's log";

        public bool HasHashes => true;

        public Task<Result<ReadOnlyMemory<byte>>> ReadAsync(TileName name, CancellationToken cancellationToken) =>
            tiles.ReadAsync(name, cancellationToken);

        public Task<Result<ReadOnlyMemory<byte>>> ReadCheckpointAsync(CancellationToken cancellationToken) =>
            Task.FromResult(Result.Of<ReadOnlyMemory<byte>>(Encoding.UTF8.GetBytes(note)));
    }
}
