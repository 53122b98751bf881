namespace Bascule.Connectors.Tests.Platforms.Airflow;

/// <summary>A wait is over at once, the clock moves by it, and the test may do something meanwhile; time limits, which are longer, never come.</summary>
internal sealed class StageClock : TimeProvider
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(90);
    private readonly Lock _gate = new();
    private DateTimeOffset _now = DateTimeOffset.UtcNow;

    public List<TimeSpan> Waits { get; } = [];

    /// <summary>Told how many waits there were.</summary>
    public Action<int>? OnWait { get; set; }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
            return _now;
    }

    public void Advance(TimeSpan by)
    {
        lock (_gate)
            _now += by;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (dueTime > LongestWait || dueTime < TimeSpan.Zero)
            return timer;
        Advance(dueTime);
        Waits.Add(dueTime);
        OnWait?.Invoke(Waits.Count);
        timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        return timer;
    }
}
