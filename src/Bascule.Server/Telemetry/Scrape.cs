using Bascule.Core.Work;

namespace Bascule.Server.Telemetry;

/// <summary>One reading of all metrics. What is in the database is looked up first; when that fails, the rest is still told.</summary>
internal sealed class Scrape(IWorkBacklog backlog, BasculeMetrics metrics, MetricCollector collector, TimeProvider time)
{
    /// <summary>Prometheus gives up after 10 seconds by default.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        metrics.Saw(await LookAsync(now, cancellationToken), now);
        return collector.Collect();
    }

    private async Task<WorkBacklog?> LookAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            // On a thread of its own: SQLite has no asynchronous calls.
            var look = Task.Run(() => backlog.ReadAsync(now, cancellationToken), cancellationToken);
            return await look.WaitAsync(Patience, time, cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
