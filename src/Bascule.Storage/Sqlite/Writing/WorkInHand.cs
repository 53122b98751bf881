namespace Bascule.Storage.Sqlite.Writing;

/// <summary>
/// Rows that have been given out and not settled. Such a row waits no longer: its handler may have looked already, so news must not be
/// merged into it. Nothing is in hand after a restart.
/// </summary>
internal sealed class WorkInHand
{
    private readonly Lock _lock = new();
    private readonly HashSet<long> _ids = [];

    public void Add(IEnumerable<long> ids)
    {
        lock (_lock)
        {
            _ids.UnionWith(ids);
        }
    }

    public void Remove(long id)
    {
        lock (_lock)
        {
            _ids.Remove(id);
        }
    }

    public bool Contains(long id)
    {
        lock (_lock)
        {
            return _ids.Contains(id);
        }
    }
}
