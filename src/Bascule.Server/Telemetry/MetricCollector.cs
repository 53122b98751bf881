using System.Diagnostics.Metrics;

namespace Bascule.Server.Telemetry;

/// <summary>Adds up what the instruments of one meter report, and writes it as Prometheus reads it.</summary>
internal sealed class MetricCollector : IDisposable
{
    /// <summary>Kinds times outcomes come to about 80; more means that something from outside became a label.</summary>
    private const int DefaultMaxSeries = 500;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    public MetricCollector(Meter meter, int maxSeries = DefaultMaxSeries)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!ReferenceEquals(instrument.Meter, meter))
                return;
            var family = new MetricFamily(instrument, maxSeries);
            lock (_gate)
                _families[family.Name] = family;
            listener.EnableMeasurementEvents(instrument, family);
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, family) => Record(value, tags, family));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, family) => Record(value, tags, family));
        _listener.Start();
    }

    /// <summary>The text of one scrape, at this moment.</summary>
    public string Collect()
    {
        lock (_gate)
        {
            foreach (var family in _families.Values)
                family.BeginLook();
            // Comes back into Record on this thread; the lock lets its holder in again.
            _listener.RecordObservableInstruments();
            return PrometheusText.Write(_families.Values);
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? family)
    {
        var labels = PrometheusText.Labels(tags);
        lock (_gate)
            ((MetricFamily)family!).Record(value, labels);
    }
}
