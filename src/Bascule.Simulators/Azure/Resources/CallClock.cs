namespace Bascule.Simulators.Azure.Resources;

/// <summary>
/// Counts time by calls: each takes as long as the latency says and begins when the last one that had ended before it came was over. Calls one after the
/// other add up, calls at once do not, and no machine is too slow for it.
/// </summary>
internal sealed class CallClock(TimeSpan latency)
{
    private readonly Lock _gate = new();
    private TimeSpan _over;

    public TimeSpan Elapsed
    {
        get
        {
            lock (_gate)
                return _over;
        }
    }

    public TimeSpan Begin() => Elapsed;

    public void End(TimeSpan begun)
    {
        lock (_gate)
            _over = begun + latency > _over ? begun + latency : _over;
    }
}
