using Bascule.Core.Work;

namespace Bascule.Server.Work;

/// <summary>
/// The shards that this replica holds. A lease is trusted for two thirds of its time since it was last renewed, by this process's own monotonic clock:
/// a process that was stopped finds out by itself, before it asks anybody.
/// </summary>
/// <param name="lost">Told of a shard that another replica holds now: whoever works for it must stop.</param>
internal sealed class HeldShards(IShards shards, TimeProvider time, Action<int> lost)
{
    /// <summary>A shard with nothing to do is kept this long: in a burst, claiming it again for each row would cost two commits.</summary>
    private static readonly TimeSpan KeptIdle = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<int, Held> _held = [];

    public IReadOnlyCollection<int> Trusted => [.. _held.Values.Where(IsTrusted).Select(held => held.Lease.Shard)];

    /// <summary>When something must be done about a lease again.</summary>
    public TimeSpan NextLook => _held.Count == 0 ? TimeSpan.MaxValue : shards.LeaseTime / 5;

    public ShardLease? LeaseOf(string lane) =>
        _held.TryGetValue(Shards.Of(lane), out var held) && IsTrusted(held) ? held.Lease : null;

    /// <summary>Renews what is getting old, and drops what was lost.</summary>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        if (shards.LeaseTime != Timeout.InfiniteTimeSpan)
            await RenewAsync(cancellationToken);
    }

    /// <summary>Claims what is free and due.</summary>
    public async Task ClaimAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var asked = time.GetTimestamp();
        foreach (var lease in await shards.ClaimAsync(now, cancellationToken))
            _held[lease.Shard] = new Held(lease, asked) { UsedAt = asked };
    }

    /// <summary>Gives back the shards that have had nothing to do for a while.</summary>
    public async Task ReleaseIdleAsync(IReadOnlySet<int> busy, CancellationToken cancellationToken)
    {
        foreach (var shard in busy)
        {
            if (_held.TryGetValue(shard, out var used))
                used.UsedAt = time.GetTimestamp();
        }
        if (shards.LeaseTime == Timeout.InfiniteTimeSpan)
            return;
        // The set decides, not the time alone: this process may have been stopped since the lines above.
        var idle = _held
            .Values.Where(held => !busy.Contains(held.Lease.Shard) && time.GetElapsedTime(held.UsedAt) > KeptIdle)
            .Select(held => held.Lease)
            .ToList();
        if (idle.Count == 0)
            return;
        await shards.ReleaseAsync(idle, cancellationToken);
        foreach (var lease in idle)
            _held.Remove(lease.Shard);
    }

    public async Task ReleaseAllAsync(CancellationToken cancellationToken)
    {
        var leases = _held.Values.Select(held => held.Lease).ToList();
        _held.Clear();
        await shards.ReleaseAsync(leases, cancellationToken);
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        var old = _held.Values.Where(held => time.GetElapsedTime(held.RenewedAt) > shards.LeaseTime / 4).ToList();
        if (old.Count == 0)
            return;
        var asked = time.GetTimestamp();
        var renewed = await shards.RenewAsync([.. old.Select(held => held.Lease)], cancellationToken);
        foreach (var held in old)
        {
            if (renewed.Contains(held.Lease))
                held.RenewedAt = asked;
            else
                Drop(held.Lease.Shard);
        }
    }

    private void Drop(int shard)
    {
        _held.Remove(shard);
        lost(shard);
    }

    private bool IsTrusted(Held held) =>
        shards.LeaseTime == Timeout.InfiniteTimeSpan || time.GetElapsedTime(held.RenewedAt) < shards.LeaseTime * 2 / 3;

    private sealed class Held(ShardLease lease, long renewedAt)
    {
        public ShardLease Lease => lease;
        public long RenewedAt { get; set; } = renewedAt;
        public long UsedAt { get; set; }
    }
}
