namespace Bascule.Server.Reconcile;

/// <summary>A token bucket: so many requests a second on average, two seconds' worth at once. Not for use from many tasks at once: a lane is not.</summary>
internal sealed class RequestBudget(int perSecond, TimeProvider time)
{
    private const int SecondsAtOnce = 2;
    private double _tokens = perSecond * SecondsAtOnce;
    private DateTimeOffset _filledAt = time.GetUtcNow();

    private double Most => perSecond * SecondsAtOnce;

    public int Available
    {
        get
        {
            Fill();
            return (int)_tokens;
        }
    }

    /// <summary>Until half of it may be spent again: rather some requests now and then than a wake-up for each.</summary>
    public TimeSpan Wait
    {
        get
        {
            Fill();
            var missing = Math.Max(1, Most / 2) - _tokens;
            return missing <= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(missing / perSecond);
        }
    }

    public bool TryTake()
    {
        Fill();
        if (_tokens < 1)
            return false;
        _tokens--;
        return true;
    }

    /// <summary>A clock that goes back gives nothing and takes nothing.</summary>
    private void Fill()
    {
        var now = time.GetUtcNow();
        var passed = Math.Max(0, (now - _filledAt).TotalSeconds);
        _tokens = Math.Min(Most, _tokens + (passed * perSecond));
        _filledAt = now;
    }
}
