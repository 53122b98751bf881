using System.Collections.Concurrent;

namespace Bascule.Testing.Platforms;

/// <summary>A clock for code that waits: a short wait is over at once and the clock moves by it; time limits, which are longer, never come.</summary>
public sealed class HastyTime : TimeProvider
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(31);
    private readonly Lock _gate = new();
    private DateTimeOffset _now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    /// <summary>All waits so far, in order.</summary>
    public ConcurrentQueue<TimeSpan> Waits { get; } = [];

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
        lock (_gate)
        {
            _now += dueTime;
            Waits.Enqueue(dueTime);
        }
        timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        return timer;
    }
}
