using System.Net.Sockets;
using Bascule.Server.Audit;
using Bascule.Server.Holding;
using Bascule.Server.Telemetry;
using Bascule.Server.Tests.Work;
using Bascule.Server.Work;
using Bascule.Storage;
using Bascule.Testing.Network;
using Bascule.Testing.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bascule.Server.Tests.Replicas;

/// <summary>The engine of one replica: its own storage, reached through a cable that can be cut, and its own dispatcher.</summary>
internal sealed class Replica : IAsyncDisposable
{
    private readonly PostgresStorage _storage;
    private readonly Dispatcher _dispatcher;
    private readonly BasculeMetrics _metrics = new();

    private Replica(CuttingRelay cable, PostgresStorage storage)
    {
        Cable = cable;
        _storage = storage;
        Audit = new AuditTrail(storage.Audit, TimeProvider.System, _metrics, NullLogger<AuditTrail>.Instance);
        _dispatcher = new Dispatcher(
            storage.Work,
            storage.Shards,
            storage.WorkSignal,
            [Handler],
            new HoldGate(storage.Installation, storage.WorkSignal, TimeProvider.System, NullLogger<HoldGate>.Instance),
            Audit,
            TimeProvider.System,
            NullLogger<Dispatcher>.Instance
        );
    }

    public CuttingRelay Cable { get; }
    public LabHandler Handler { get; } = new();
    public AuditTrail Audit { get; }
    public IStorage Storage => _storage;

    /// <summary>What it is called in the database.</summary>
    public string Name => _storage.Replica;

    public static async Task<Replica> OpenAsync(PostgresServer server, string database, TimeSpan leaseTime)
    {
        var cable = new CuttingRelay(() => new UnixDomainSocketEndPoint(server.SocketFile));
        var address =
            $"Host=127.0.0.1;Port={cable.Port};Username=bascule;Database={database};SSL Mode=Disable;GSS Encryption Mode=Disable;Timeout=3";
        return new Replica(cable, await PostgresStorage.OpenAsync(address, TimeProvider.System, default, leaseTime));
    }

    public Task StartAsync() => _dispatcher.StartAsync(default);

    /// <summary>As at SIGTERM: ends when nothing is in hand any more, and everything is given back.</summary>
    public Task StopAsync() => _dispatcher.StoppingAsync(default);

    public async ValueTask DisposeAsync()
    {
        Cable.Mend();
        await _dispatcher.StopAsync(default);
        _dispatcher.Dispose();
        _metrics.Dispose();
        await _storage.DisposeAsync();
        await Cable.DisposeAsync();
    }
}
