using Bascule.Core.Drift;
using Bascule.Core.Lineage;
using Bascule.Core.Reconcile;
using Bascule.Core.Work;
using Bascule.Server.Connections;

namespace Bascule.Server.Telemetry;

/// <summary>One reading of all metrics. What is in the database is looked up first; when that fails, the rest is still told.</summary>
internal sealed class Scrape(
    IWorkBacklog backlog,
    IGapReport gaps,
    IDriftStore drift,
    ILineageStore lineage,
    ForgeConnections forges,
    EnvironmentConnections environments,
    BasculeMetrics metrics,
    MetricCollector collector,
    TimeProvider time
)
{
    /// <summary>Prometheus gives up after 10 seconds by default.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(1);
    private readonly Lock _gate = new();
    private Task<IReadOnlyList<ForgeGap>>? _moves;
    private DateTimeOffset _lookedAt;

    public async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var work = LookAsync(() => backlog.ReadAsync(now, cancellationToken), cancellationToken);
        var moves = LookAsync(() => MovesAsync(now), cancellationToken);
        var standings = LookAsync(() => drift.ListAsync(environment: null, cancellationToken), cancellationToken);
        var unfounded = LookAsync(() => lineage.CountUnfoundedAsync(cancellationToken), cancellationToken);
        metrics.Saw(await work, now);
        return string.Concat(
            collector.Collect(),
            RefMovesText.Write(Named(await moves)),
            DriftText.Write(Known(await standings)),
            UnfoundedText.Write(await unfounded)
        );
    }

    /// <summary>It counts every move there ever was: once a minute at most, and never twice at once, however many scrape.</summary>
    private Task<IReadOnlyList<ForgeGap>> MovesAsync(DateTimeOffset now)
    {
        lock (_gate)
        {
            var isFresh = (now - _lookedAt).Duration() < Freshness;
            if (_moves is { } moves && (!moves.IsCompleted || (isFresh && moves.IsCompletedSuccessfully)))
                return moves;
            _lookedAt = now;
            return _moves = Task.Run(() => gaps.ReadAsync(DateTimeOffset.UnixEpoch, CancellationToken.None));
        }
    }

    /// <summary>Null when the database does not answer in time: then nothing is shown, rather than something old.</summary>
    private async Task<T?> LookAsync<T>(Func<Task<T>> read, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            // On a thread of its own: SQLite has no asynchronous calls.
            return await Task.Run(read, cancellationToken).WaitAsync(Patience, time, cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private IReadOnlyList<DriftStanding> Known(IReadOnlyList<DriftStanding>? found) =>
        [.. (found ?? []).Where(one => environments.Find(one.Place.Environment) is { Rule.DriftEvery: not null })];

    /// <summary>By the names of the settings; a forge that is not in them any more is not told of.</summary>
    private IEnumerable<(string Forge, ForgeGap Gap)> Named(IReadOnlyList<ForgeGap>? found) =>
        from gap in found ?? []
        let forge = forges.Find(gap.ForgeUid)
        where forge is not null
        select (forge.Name, gap);
}
