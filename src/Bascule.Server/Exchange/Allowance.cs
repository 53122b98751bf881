using System.Collections.Concurrent;

namespace Bascule.Server.Exchange;

/// <summary>So many a minute for each name, evenly: a full minute's worth at once, then one as soon as there is room. Counted by this replica alone.</summary>
internal sealed class Allowance(int perMinute, TimeProvider time)
{
    private const int MostNames = 50_000;
    private readonly TimeSpan _step = TimeSpan.FromMinutes(1) / perMinute;
    private readonly TimeSpan _burst = TimeSpan.FromMinutes(1);
    private readonly long _origin = time.GetTimestamp();
    private readonly ConcurrentDictionary<string, TimeSpan> _paidUntil = new(StringComparer.Ordinal);

    /// <summary>How long until there is room for one more; null when there is room now.</summary>
    public TimeSpan? WaitOf(string name) =>
        (_paidUntil.GetValueOrDefault(name) + _step - _burst - Now) is { Ticks: > 0 } wait ? wait : null;

    /// <summary>Uses one, room or not.</summary>
    public void Take(string name)
    {
        if (_paidUntil.Count >= MostNames)
            Forget();
        var now = Now;
        _paidUntil.AddOrUpdate(name, now + _step, (_, paid) => (paid > now ? paid : now) + _step);
    }

    private TimeSpan Now => time.GetElapsedTime(_origin);

    /// <summary>Whoever owes nothing any more starts anew; were that nobody, all do.</summary>
    private void Forget()
    {
        var now = Now;
        foreach (var (name, paid) in _paidUntil)
            if (paid <= now)
                _paidUntil.TryRemove(name, out _);
        if (_paidUntil.Count >= MostNames)
            _paidUntil.Clear();
    }
}
