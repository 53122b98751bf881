namespace Bascule.Testing.Identity;

/// <summary>A wall clock and a steady clock that move only when told, together or apart. Its timers never come.</summary>
public sealed class SteadyClock : TimeProvider
{
    private readonly Lock _gate = new();
    private DateTimeOffset _now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
            return _now;
    }

    public override long GetTimestamp()
    {
        lock (_gate)
            return _ticks;
    }

    public void Advance(TimeSpan by)
    {
        lock (_gate)
            (_now, _ticks) = (_now + by, _ticks + by.Ticks);
    }

    /// <summary>Somebody sets the wall clock; the steady one goes on.</summary>
    public void Step(TimeSpan by)
    {
        lock (_gate)
            _now += by;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Timer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
}
