using System.Diagnostics.Metrics;
using Bascule.Core.Audit.Shipping;
using Bascule.Core.Work;
using Bascule.Server.Configuration;
using Bascule.Server.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Shipping;

/// <summary>
/// Asks for a collector's row of work when the audit log has entries that it has not, within a second of their being written. Looks are two small reads a second;
/// nothing is written while nothing happens. Without collectors there is none of it.
/// </summary>
internal sealed partial class ShippingWatch : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly Collectors _collectors;
    private readonly ICollectorStore _store;
    private readonly IWorkStore _work;
    private readonly TimeProvider _time;
    private readonly ILogger<ShippingWatch> _log;
    private readonly Dictionary<string, long> _asked = [];
    private volatile IReadOnlyList<(CollectorSettings Settings, CollectorPosition Position, long Lag)> _seen = [];

    public ShippingWatch(
        Collectors collectors,
        ICollectorStore store,
        IWorkStore work,
        BasculeMetrics metrics,
        TimeProvider time,
        ILogger<ShippingWatch> log
    )
    {
        (_collectors, _store, _work, _time, _log) = (collectors, store, work, time, log);
        Gauge(metrics, "lag", null, "Entries of the audit log that a collector has not acknowledged.", one => one.Lag);
        Gauge(metrics, "letters", null, "Entries set aside for a collector.", one => one.Position.Letters);
        Gauge(
            metrics,
            "failing",
            "s",
            "How long a collector has been failing; 0 when it is not.",
            one => (_time.GetUtcNow() - (one.Position.FailingSince ?? _time.GetUtcNow())).TotalSeconds
        );
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var one in _collectors.All)
        {
            foreach (var warning in one.Warnings)
                Log.Warned(_log, one.Name, warning);
            if ((await AskAsync(one.Name, cancellationToken)) is { } problem)
                Log.NotAsked(_log, one.Name, problem);
        }
        await base.StartAsync(cancellationToken);
    }

    /// <summary>One look, and what follows from it.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var entries = await _store.CountEntriesAsync(cancellationToken);
        var positions = (await _store.ListAsync(cancellationToken)).ToDictionary(one => one.Name);
        List<(CollectorSettings, CollectorPosition, long)> seen = [];
        foreach (var one in _collectors.All)
        {
            var position = positions.GetValueOrDefault(one.Name) ?? new CollectorPosition(one.Name, 0);
            seen.Add((one, position, entries - position.Acknowledged));
            // Until its next attempt it is left alone, or a collector that is away would be asked once a second.
            var isBehind = position.Next < entries && !(position.RetryAt > _time.GetUtcNow());
            if (!isBehind || _asked.GetValueOrDefault(one.Name) == entries)
                continue;
            if ((await AskAsync(one.Name, cancellationToken)) is { } problem)
                Log.NotAsked(_log, one.Name, problem);
            else
                _asked[one.Name] = entries;
        }
        _seen = seen;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_collectors.All.Count == 0)
            return;
        try
        {
            while (true)
            {
                await Task.Delay(Interval, _time, stoppingToken);
                await TryLookAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    private async Task TryLookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LookAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Log.Unread(_log, failure);
        }
    }

    /// <returns>Why not; null when it is asked for.</returns>
    private async Task<string?> AskAsync(string collector, CancellationToken cancellationToken)
    {
        Change[] row = [ShippingHandler.RowOf(collector, _time.GetUtcNow())];
        return (await _work.ApplyAsync(row, cancellationToken)).Problem?.Message;
    }

    private void Gauge(
        BasculeMetrics metrics,
        string name,
        string? unit,
        string description,
        Func<(CollectorSettings Settings, CollectorPosition Position, long Lag), double> read
    ) =>
        metrics.Meter.CreateObservableGauge(
            $"bascule.audit.collector.{name}",
            () =>
                _seen.Select(one => new Measurement<double>(
                    read(one),
                    new KeyValuePair<string, object?>("collector", one.Settings.Name)
                )),
            unit,
            description
        );

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The positions of the collectors cannot be read; trying again")]
        public static partial void Unread(ILogger log, Exception failure);

        [LoggerMessage(2, LogLevel.Error, "Collector {Collector} is not shipped to for now: {Reason}")]
        public static partial void NotAsked(ILogger log, string collector, string reason);

        [LoggerMessage(3, LogLevel.Warning, "Collector {Collector}: {Warning}")]
        public static partial void Warned(ILogger log, string collector, string warning);
    }
}
