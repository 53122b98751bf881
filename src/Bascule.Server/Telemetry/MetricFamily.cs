using System.Diagnostics.Metrics;

namespace Bascule.Server.Telemetry;

/// <summary>All series of one instrument. Not safe from several threads: <see cref="MetricCollector"/> holds a lock.</summary>
internal sealed class MetricFamily(Instrument instrument, int maxSeries)
{
    private readonly Dictionary<string, MetricSeries> _series = new(StringComparer.Ordinal);
    private readonly double[] _bounds = [.. Bounds(instrument)];

    public string Name { get; } = PrometheusText.NameOf(instrument);

    public string Help => instrument.Description ?? "";

    /// <summary>As the text format spells it.</summary>
    public string Type { get; } =
        IsHistogram(instrument) ? "histogram"
        : IsCounter(instrument) ? "counter"
        : "gauge";

    public IEnumerable<KeyValuePair<string, MetricSeries>> Series =>
        _series.OrderBy(pair => pair.Key, StringComparer.Ordinal);

    /// <summary>Measurements that were not kept, because there were too many series already.</summary>
    public long Dropped { get; private set; }

    public void Record(double value, string labels)
    {
        if (!_series.TryGetValue(labels, out var series))
        {
            if (_series.Count >= maxSeries)
            {
                Dropped++;
                return;
            }
            _series[labels] = series = new MetricSeries(_bounds);
        }
        if (instrument.IsObservable)
            series.Set(value);
        else
            series.Add(value);
    }

    /// <summary>What is observed is only what was seen in this look.</summary>
    public void BeginLook()
    {
        if (instrument.IsObservable)
            _series.Clear();
    }

    private static bool IsHistogram(Instrument instrument) => instrument is Histogram<double> or Histogram<long>;

    private static bool IsCounter(Instrument instrument) =>
        instrument is Counter<long> or Counter<double> or ObservableCounter<long> or ObservableCounter<double>;

    private static IEnumerable<double> Bounds(Instrument instrument) =>
        instrument switch
        {
            Histogram<double> { Advice.HistogramBucketBoundaries: { } bounds } => bounds,
            Histogram<long> { Advice.HistogramBucketBoundaries: { } bounds } => bounds.Select(bound => (double)bound),
            _ => [],
        };
}
