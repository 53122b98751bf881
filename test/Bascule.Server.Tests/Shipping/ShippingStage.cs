using System.Text.Json.Nodes;
using Bascule.Core.Audit;
using Bascule.Core.Audit.Shipping;
using Bascule.Core.Work;
using Bascule.Server.Configuration;
using Bascule.Server.Shipping;
using Bascule.Server.Telemetry;
using Bascule.Server.Tests.World;
using Bascule.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bascule.Server.Tests.Shipping;

/// <summary>A real audit log, a collector, and its row of work, which is taken when a test says so.</summary>
internal sealed class ShippingStage : IAsyncDisposable
{
    public const string Name = "siem";
    private readonly string _folder;
    private readonly BasculeMetrics _metrics = new();
    private readonly Collectors _collectors;

    private ShippingStage(ICollector collector, SqliteStorage storage, ManualClock clock, string folder)
    {
        (_folder, Storage, Clock) = (folder, storage, clock);
        _collectors = new Collectors(
            [new CollectorSettings(Name, collector, IsRequired: true, [])],
            storage.Collectors
        );
        Handler = new ShippingHandler(
            _collectors,
            storage.Audit,
            storage.Collectors,
            _metrics,
            clock,
            NullLogger<ShippingHandler>.Instance
        );
        Watch = new ShippingWatch(
            _collectors,
            storage.Collectors,
            storage.Work,
            _metrics,
            clock,
            NullLogger<ShippingWatch>.Instance
        );
    }

    public SqliteStorage Storage { get; }
    public ManualClock Clock { get; }
    public ShippingHandler Handler { get; }
    public ShippingWatch Watch { get; }

    public static async Task<ShippingStage> OpenAsync(ICollector collector)
    {
        var folder = Directory.CreateTempSubdirectory("bascule-shipping-").FullName;
        var clock = new ManualClock();
        var storage = await SqliteStorage.OpenAsync(Path.Combine(folder, "bascule.db"), clock, default);
        var stage = new ShippingStage(collector, storage, clock, folder);
        (
            await storage.Work.ApplyAsync([ShippingHandler.RowOf(Name, clock.GetUtcNow())], default)
        ).Problem.ShouldBeNull();
        return stage;
    }

    public async Task AppendAsync(int count, string text = "refs/heads/main")
    {
        for (var entry = 0; entry < count; entry++)
        {
            var written = new AuditEntry("run.decided", "bascule") { Facts = new JsonObject { ["ref"] = text } };
            (await Storage.Audit.AppendAsync(written.ToCanonical(Clock.GetUtcNow()), default)).Problem.ShouldBeNull();
        }
    }

    /// <summary>The collector's row, when it is due.</summary>
    public async Task<WorkItem?> DueAsync() =>
        (
            await Storage.Work.ReadDueAsync(
                new DueWork(Clock.GetUtcNow(), [.. Enumerable.Range(0, Shards.Count)], [], [], 10),
                default
            )
        ).SingleOrDefault();

    /// <summary>Handles the row once, as the dispatcher does; what it says is stored.</summary>
    public async Task<WorkResult> StepAsync()
    {
        var item = (await DueAsync()).ShouldNotBeNull();
        var result = await Handler.HandleAsync(item, default);
        (await Storage.Work.SettleAsync(item, result, Clock.GetUtcNow(), default)).Problem.ShouldBeNull();
        return result;
    }

    /// <summary>Handles the row until it is not due any more.</summary>
    public async Task RunAsync()
    {
        for (var step = 0; step < 200 && await DueAsync() is not null; step++)
            await StepAsync();
        (await DueAsync()).ShouldBeNull("it never rests");
    }

    /// <summary>Lets the row's wait pass, and handles it once.</summary>
    public async Task WaitAsync()
    {
        Clock.Advance(TimeSpan.FromMinutes(3));
        await StepAsync();
    }

    /// <summary>As <see cref="WaitAsync"/>, whether or not there is anything to do.</summary>
    public async Task WaitOrAskAsync()
    {
        Clock.Advance(TimeSpan.FromMinutes(3));
        if (await DueAsync() is not null)
            await StepAsync();
    }

    /// <summary>As the watch does when it has seen a new entry.</summary>
    public async Task<WorkResult> AskAndStepAsync()
    {
        await Watch.LookAsync(default);
        return await StepAsync();
    }

    public async Task AskReplayAsync() =>
        (
            await Storage.Work.ApplyAsync(
                [new AskCollectorReplay(Name, null, Clock.GetUtcNow()), ShippingHandler.RowOf(Name, Clock.GetUtcNow())],
                default
            )
        ).Problem.ShouldBeNull();

    /// <summary>As if that many entries had been set aside, the last of them just before the first that is left.</summary>
    public async Task FillAsync(int letters)
    {
        List<Change> changes = [new SaveCollector(new CollectorPosition(Name, 0), 0)];
        for (var index = 0; index < letters; index++)
            changes.Add(new SaveCollectorLetter(new CollectorLetter(Name, index, "no", 5, Clock.GetUtcNow())));
        (await Storage.Work.ApplyAsync(changes, default)).Problem.ShouldBeNull();
    }

    public async Task<CollectorPosition> PositionAsync() =>
        (await Storage.Collectors.FindAsync(Name, default)).ShouldNotBeNull();

    public async ValueTask DisposeAsync()
    {
        Watch.Dispose();
        await _collectors.DisposeAsync();
        _metrics.Dispose();
        await Storage.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
