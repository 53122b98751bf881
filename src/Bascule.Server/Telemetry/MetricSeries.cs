namespace Bascule.Server.Telemetry;

/// <summary>One line, or for a histogram one set of buckets, under one set of labels.</summary>
/// <param name="bounds">Upper ends of the buckets, rising; the last one, without an end, is not among them.</param>
internal sealed class MetricSeries(double[] bounds)
{
    private readonly long[] _counts = new long[bounds.Length + 1];

    /// <summary>The value, or a histogram's sum.</summary>
    public double Value { get; private set; }

    public void Set(double value) => Value = value;

    public void Add(double value)
    {
        Value += value;
        var bucket = 0;
        while (bucket < bounds.Length && value > bounds[bucket])
            bucket++;
        _counts[bucket]++;
    }

    /// <summary>Each with everything below it, the last one with everything.</summary>
    public IEnumerable<(double UpTo, long Count)> Buckets()
    {
        var sum = 0L;
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            sum += _counts[bucket];
            yield return (bucket < bounds.Length ? bounds[bucket] : double.PositiveInfinity, sum);
        }
    }
}
