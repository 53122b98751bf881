using Bascule.Core.Work;

namespace Bascule.Storage.Sqlite;

/// <summary>The claims of the only process there is: kept in memory, for ever, and lost by nobody but itself.</summary>
internal sealed class SqliteShards(bool afterCrash) : IShards
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, long> _held = [];
    private long _fence;

    public TimeSpan LeaseTime => Timeout.InfiniteTimeSpan;

    public Task<IReadOnlyList<ShardLease>> ClaimAsync(
        DateTimeOffset now,
        TimeSpan courtesy,
        CancellationToken cancellationToken
    )
    {
        lock (_lock)
        {
            var free = Enumerable.Range(0, Shards.Count).Where(shard => !_held.ContainsKey(shard)).ToList();
            if (free.Count > 0)
                _fence++;
            foreach (var shard in free)
                _held[shard] = _fence;
            return Task.FromResult<IReadOnlyList<ShardLease>>([
                .. free.Select(shard => new ShardLease(shard, _fence, afterCrash && _fence == 1)),
            ]);
        }
    }

    public Task<IReadOnlyList<ShardLease>> RenewAsync(
        IReadOnlyCollection<ShardLease> leases,
        CancellationToken cancellationToken
    )
    {
        lock (_lock)
            return Task.FromResult<IReadOnlyList<ShardLease>>([.. leases.Where(Holds)]);
    }

    public Task ReleaseAsync(
        IReadOnlyCollection<ShardLease> leases,
        ShardRelease because,
        CancellationToken cancellationToken
    )
    {
        lock (_lock)
        {
            foreach (var lease in leases.Where(Holds).ToList())
                _held.Remove(lease.Shard);
        }
        return Task.CompletedTask;
    }

    public Task<Fleet> MeetAsync(int room, CancellationToken cancellationToken) => Task.FromResult(Fleet.Alone);

    public Task LeaveAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Nobody can take over from this process while it lives.</summary>
    public IDisposable Under(ShardLease lease) => new Scope();

    private bool Holds(ShardLease lease) => _held.TryGetValue(lease.Shard, out var fence) && fence == lease.Fence;

    private sealed class Scope : IDisposable
    {
        public void Dispose() { }
    }
}
