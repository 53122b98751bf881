using System.Diagnostics.Metrics;
using Bascule.Core;
using Bascule.Core.Work;

namespace Bascule.Server.Telemetry;

/// <summary>Every number that Bascule keeps about itself. Label values come from closed lists or from the settings, never from outside.</summary>
public sealed class BasculeMetrics : IDisposable
{
    /// <summary>Seconds: from a row that only looks at the database to the upload of a large tree.</summary>
    private static readonly InstrumentAdvice<double> Durations = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    };

    private readonly Counter<long> _deliveries;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _handled;
    private readonly Histogram<double> _duration;
    private readonly UpDownCounter<long> _running;
    private readonly Counter<long> _transitions;
    private readonly Counter<long> _calls;
    private readonly Counter<long> _entries;
    private readonly Counter<long> _checkpoints;
    private readonly Counter<long> _listings;
    private readonly Counter<long> _shipped;
    private (WorkBacklog Backlog, double? OldestAge)? _backlog;

    public BasculeMetrics()
    {
        _deliveries = Count("deliveries", "Verified deliveries, by forge and standing.");
        _refused = Count("deliveries.refused", "Requests to the hooks that were refused, by reason.");
        _handled = Count("work.handled", "Rows of work handled, by kind and outcome.");
        _duration = Meter.CreateHistogram("bascule.work.duration", "s", "How long one row took.", [], Durations);
        _running = Meter.CreateUpDownCounter<long>("bascule.work.running", description: "Rows being handled now.");
        _transitions = Count("run.transitions", "Changes of a run's state.");
        _calls = Count("calls", "Calls that change something at a forge or platform, by operation and outcome.");
        _entries = Count("audit.entries", "Entries asked of the audit log, by type and what became of them.");
        _checkpoints = Count("audit.checkpoints", "Rounds of signing a checkpoint of the audit log, by outcome.");
        _listings = Count("git.listings", "Lists of refs asked for through the Git proxy, by forge.");
        _shipped = Count("audit.collector.shipped", "Audit entries that a collector acknowledged.");
        Gauge("bascule.work.due", null, "Rows whose time has come.", backlog => backlog.Backlog.Due);
        Gauge("bascule.work.oldest_due_age", "s", "How long the oldest due row waits.", seen => seen.OldestAge);
        Gauge("bascule.work.quarantined", null, "Rows that were set aside.", backlog => backlog.Backlog.Quarantined);
    }

    /// <summary>Of this server alone: two in one process do not mix.</summary>
    internal Meter Meter { get; } = new("Bascule");

    /// <param name="standing">Of the delivery, e.g. <c>new</c>.</param>
    public void Delivered(string forge, string standing) =>
        _deliveries.Add(1, [new("forge", forge), new("standing", standing)]);

    public void Refused(ProblemCode reason) =>
        _refused.Add(1, new KeyValuePair<string, object?>("reason", Word(reason)));

    public void Began(string kind) => _running.Add(1, new KeyValuePair<string, object?>("kind", kind));

    public void Handled(string kind, string outcome, TimeSpan took)
    {
        _running.Add(-1, new KeyValuePair<string, object?>("kind", kind));
        _duration.Record(took.TotalSeconds, new KeyValuePair<string, object?>("kind", kind));
        _handled.Add(1, [new("kind", kind), new("outcome", outcome)]);
    }

    /// <summary>A row whose handler was asked what to leave behind, because it is set aside.</summary>
    public void Abandoned(string kind) => _handled.Add(1, [new("kind", kind), new("outcome", "abandoned")]);

    /// <param name="from">The state before; <c>none</c> for a new run.</param>
    public void RunMoved(string from, string to) => _transitions.Add(1, [new("from", from), new("to", to)]);

    /// <param name="problem">Null when it worked.</param>
    public void Called(string operation, ProblemCode? problem) =>
        _calls.Add(1, [new("operation", operation), new("outcome", problem is { } code ? Word(code) : "ok")]);

    /// <param name="outcome"><c>ok</c>, <c>spooled</c> or <c>failed</c>.</param>
    public void Audited(string type, string outcome) => _entries.Add(1, [new("type", type), new("outcome", outcome)]);

    /// <param name="outcome"><c>ok</c> or <c>failed</c>.</param>
    public void Checkpointed(string outcome) =>
        _checkpoints.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void GitListed(string forge) => _listings.Add(1, new KeyValuePair<string, object?>("forge", forge));

    /// <param name="collector">Its name in the settings.</param>
    public void Shipped(string collector, int entries) =>
        _shipped.Add(entries, new KeyValuePair<string, object?>("collector", collector));

    /// <param name="backlog">Null when it could not be read: then nothing is shown, rather than something old.</param>
    public void Saw(WorkBacklog? backlog, DateTimeOffset now) =>
        _backlog = backlog is null ? null : (backlog, (now - (backlog.OldestDueAt ?? now)).TotalSeconds);

    public void Dispose() => Meter.Dispose();

    /// <summary>The word for a refusal, as everywhere in what is exported.</summary>
    internal static string Word(ProblemCode code) => code.ToString().ToLowerInvariant();

    private Counter<long> Count(string name, string description) =>
        Meter.CreateCounter<long>("bascule." + name, description: description);

    private void Gauge(
        string name,
        string? unit,
        string description,
        Func<(WorkBacklog Backlog, double? OldestAge), double?> read
    ) => Meter.CreateObservableGauge(name, () => Read(read), unit, description);

    private Measurement<double>[] Read(Func<(WorkBacklog Backlog, double? OldestAge), double?> read) =>
        _backlog is { } seen && read(seen) is { } value ? [new Measurement<double>(value)] : [];
}
