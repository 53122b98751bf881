using System.Text;
using Bascule.Server.Audit;
using Bascule.Server.Configuration;
using Bascule.Server.Holding;
using Bascule.Server.Shipping;
using Bascule.Server.Telemetry;
using Bascule.Server.Work;
using Bascule.Storage;
using Bascule.Testing.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bascule.Server.Tests.Shipping;

/// <summary>Two replicas on one real PostgreSQL, and one collector: one of them ships at a time.</summary>
[Trait("Threat", "T147")]
public sealed class ShippingReplicaTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly LabCollector _collector = new() { MaxEntries = 5 };

    [Fact]
    public async Task EveryEntryGoesOnceThoughBothReplicasAreAtWorkAndOneStops()
    {
        var server = await PostgresServer.SharedAsync();
        var database = await server.CreateDatabaseAsync();
        await using var one = await ShipperReplica.StartAsync(server.AddressOf(database), _collector);
        await using var two = await ShipperReplica.StartAsync(server.AddressOf(database), _collector);
        await one.AppendAsync(40);
        await two.AppendAsync(40);
        await UntilAsync(() => _collector.Received.Count >= 20);

        await one.StopAsync();
        await two.AppendAsync(40);
        await UntilAsync(() => _collector.Received.Count >= 120);

        _collector.Received.ShouldBe(Enumerable.Range(0, 120).Select(index => (long)index));
    }

    private static async Task UntilAsync(Func<bool> reached)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!reached())
        {
            patience.IsCancellationRequested.ShouldBeFalse("it did not come to that in time");
            await Task.Delay(20);
        }
    }

    private sealed class ShipperReplica : IAsyncDisposable
    {
        private readonly PostgresStorage _storage;
        private readonly BasculeMetrics _metrics = new();
        private readonly Dispatcher _dispatcher;
        private readonly ShippingWatch _watch;

        private ShipperReplica(PostgresStorage storage, LabCollector collector)
        {
            _storage = storage;
            var collectors = new Collectors(
                [new CollectorSettings("siem", collector, IsRequired: true, [])],
                storage.Collectors
            );
            var time = TimeProvider.System;
            var handler = new ShippingHandler(
                collectors,
                storage.Audit,
                storage.Collectors,
                _metrics,
                time,
                NullLogger<ShippingHandler>.Instance
            );
            _watch = new ShippingWatch(
                collectors,
                storage.Collectors,
                storage.Work,
                _metrics,
                time,
                NullLogger<ShippingWatch>.Instance
            );
            _dispatcher = new Dispatcher(
                storage.Work,
                storage.Shards,
                storage.WorkSignal,
                [handler],
                new HoldGate(storage.Installation, storage.WorkSignal, time, NullLogger<HoldGate>.Instance),
                new AuditTrail(storage.Audit, time, _metrics, NullLogger<AuditTrail>.Instance),
                time,
                NullLogger<Dispatcher>.Instance
            );
        }

        public static async Task<ShipperReplica> StartAsync(string address, LabCollector collector)
        {
            var storage = await PostgresStorage.OpenAsync(address, TimeProvider.System, default);
            var replica = new ShipperReplica(storage, collector);
            await replica._watch.StartAsync(default);
            await replica._dispatcher.StartAsync(default);
            return replica;
        }

        public async Task AppendAsync(int count)
        {
            for (var entry = 0; entry < count; entry++)
                (await _storage.Audit.AppendAsync(Encoding.UTF8.GetBytes("{}"), default)).Problem.ShouldBeNull();
        }

        /// <summary>As at SIGTERM.</summary>
        public async Task StopAsync()
        {
            await _dispatcher.StoppingAsync(default);
            await _watch.StopAsync(default);
        }

        public async ValueTask DisposeAsync()
        {
            await _watch.StopAsync(default);
            await _dispatcher.StopAsync(default);
            _watch.Dispose();
            _dispatcher.Dispose();
            _metrics.Dispose();
            await _storage.DisposeAsync();
        }
    }
}
