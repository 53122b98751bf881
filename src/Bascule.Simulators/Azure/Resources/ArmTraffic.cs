namespace Bascule.Simulators.Azure.Resources;

/// <summary>What is counted, slowed and written down of all calls.</summary>
internal sealed class ArmTraffic(TimeSpan latency, ArmThrottling? throttling, TimeProvider time)
{
    private const int Kept = 20_000;
    private readonly Buckets _buckets = new(throttling ?? new ArmThrottling(), time);
    private readonly Queue<ArmExchange> _exchanges = new();
    private readonly Dictionary<string, int> _reads = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _writes = new(StringComparer.Ordinal);

    public WriteFailures Failures { get; } = new();

    public CallClock Clock { get; } = new(latency);

    public IReadOnlyList<ArmExchange> Exchanges
    {
        get
        {
            lock (_exchanges)
                return [.. _exchanges];
        }
    }

    public IReadOnlyDictionary<string, int> Reads => Copy(_reads);

    public IReadOnlyDictionary<string, int> Writes => Copy(_writes);

    /// <summary>The header that tells what is left, and a refusal when the simulator throttles and nothing was.</summary>
    public (string Header, string Left, ArmReply? Refusal) Take(string method)
    {
        var (header, left, refusal) = _buckets.Take(method);
        return (header, left, throttling is null ? null : refusal);
    }

    public Task WaitAsync(CancellationToken cancellationToken) =>
        latency > TimeSpan.Zero ? Task.Delay(latency, cancellationToken) : Task.CompletedTask;

    public void Count(string topic, bool isWrite)
    {
        var counts = isWrite ? _writes : _reads;
        lock (counts)
            counts[topic] = counts.GetValueOrDefault(topic) + 1;
    }

    public void Record(ArmExchange exchange)
    {
        lock (_exchanges)
        {
            _exchanges.Enqueue(exchange);
            if (_exchanges.Count > Kept)
                _exchanges.Dequeue();
        }
    }

    private static Dictionary<string, int> Copy(Dictionary<string, int> counts)
    {
        lock (counts)
            return new(counts);
    }
}
