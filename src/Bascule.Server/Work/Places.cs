using System.Collections.Concurrent;
using Bascule.Core.Work;

namespace Bascule.Server.Work;

/// <summary>The lanes at work on this node, one row each, with a limit on all of them and on those of one share.</summary>
internal sealed class Places
{
    /// <summary>Lanes at work at once on this node.</summary>
    internal const int Most = 128;

    /// <summary>A quarter, so that at most four shares can be full.</summary>
    internal const int MostOfOneShare = Most / 4;

    private readonly ConcurrentDictionary<string, Place> _busy = new(StringComparer.Ordinal);

    public int Free => Most - _busy.Count;

    public bool AreEmpty => _busy.IsEmpty;

    public IReadOnlyCollection<string> Lanes => [.. _busy.Keys];

    public IReadOnlySet<int> BusyShards => _busy.Keys.Select(Shards.Of).ToHashSet();

    public IReadOnlyCollection<string> FullShares =>
        [
            .. _busy
                .Values.Where(place => place.Item.Share.Length > 0)
                .GroupBy(place => place.Item.Share, StringComparer.Ordinal)
                .Where(share => share.Count() >= MostOfOneShare)
                .Select(share => share.Key),
        ];

    /// <summary>The share has a place left. Rows read together may be more than it may have.</summary>
    public bool HasRoomFor(WorkItem item) =>
        item.Share.Length == 0 || _busy.Values.Count(place => place.Item.Share == item.Share) < MostOfOneShare;

    /// <summary>The lane is taken before its row begins: a row that ends at once would otherwise free it first, and it would stay taken for ever.</summary>
    public void Take(WorkItem item, Func<CancellationToken, Task> handle, CancellationToken cancellationToken)
    {
        var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var row = new Task<Task>(() => handle(stop.Token));
        _busy[item.Lane] = new Place(item, row.Unwrap(), stop);
        row.Start(TaskScheduler.Default);
    }

    public void Leave(string lane)
    {
        if (_busy.TryRemove(lane, out var place))
            place.Stop.Dispose();
    }

    /// <summary>Whoever works for this shard stops: somebody else holds it now.</summary>
    public void Stop(int shard)
    {
        foreach (var (lane, place) in _busy)
        {
            if (Shards.Of(lane) == shard)
                place.Cancel();
        }
    }

    public Task WhenEmptyAsync() => Task.WhenAll(_busy.Values.Select(place => place.Handling));

    private sealed record Place(WorkItem Item, Task Handling, CancellationTokenSource Stop)
    {
        public void Cancel()
        {
            try
            {
                Stop.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It has just ended by itself.
            }
        }
    }
}
