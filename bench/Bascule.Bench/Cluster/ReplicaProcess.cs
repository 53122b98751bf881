using Bascule.Bench.Intake;
using Bascule.Server.Audit;
using Bascule.Server.Connections;
using Bascule.Server.Events;
using Bascule.Server.Holding;
using Bascule.Server.Telemetry;
using Bascule.Server.Work;
using Bascule.Storage;
using Microsoft.Extensions.Logging;

namespace Bascule.Bench.Cluster;

/// <summary>The engine of one replica with the product's own handler for deliveries that change nothing: started by the benchmark, killed by it.</summary>
internal static class ReplicaProcess
{
    public static async Task<int> RunAsync(string address)
    {
        var folder = Directory.CreateTempSubdirectory("bascule-cluster-").FullName;
        await using var storage = await PostgresStorage.OpenAsync(address, TimeProvider.System, CancellationToken.None);
        using var logs = LoggerFactory.Create(_ => { });
        using var metrics = new BasculeMetrics();
        var audit = new AuditTrail(storage.Audit, TimeProvider.System, metrics, logs.CreateLogger<AuditTrail>());
        var forges = new ForgeConnections([EndpointProcess.Forge(folder)]);
        using var dispatcher = new Dispatcher(
            storage.Work,
            storage.Shards,
            storage.WorkSignal,
            [new IgnoredEventHandler(new DeliveryReader(storage.Deliveries, forges, audit))],
            new HoldGate(storage.Installation, storage.WorkSignal, TimeProvider.System, logs.CreateLogger<HoldGate>()),
            audit,
            TimeProvider.System,
            logs.CreateLogger<Dispatcher>()
        );
        Console.WriteLine("ready");
        await Console.In.ReadLineAsync();
        await dispatcher.StartAsync(CancellationToken.None);
        await Task.Delay(Timeout.InfiniteTimeSpan);
        return 0;
    }
}
