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

    /// <summary>Whoever has its share leaves what was handed over alone for this long. Those for whom it is meant look once a second at least.</summary>
    private static readonly TimeSpan Courtesy = TimeSpan.FromSeconds(2);

    private readonly Dictionary<int, Held> _held = [];
    private Fleet _fleet = Fleet.Alone;
    private long? _metAt;
    private bool _leaving;

    /// <summary>Those of which rows may be taken.</summary>
    public IReadOnlyCollection<int> Open =>
        _leaving
            ? []
            :
            [
                .. _held
                    .Values.Where(held => IsTrusted(held) && held.OfferedAt is null)
                    .Select(held => held.Lease.Shard),
            ];

    /// <summary>When something must be done about a lease again. Never where nobody else can take it: a fifth of "for ever" is a negative time.</summary>
    public TimeSpan NextLook => _held.Count == 0 || !IsShared ? TimeSpan.MaxValue : shards.LeaseTime / 5;

    private bool IsShared => shards.LeaseTime != Timeout.InfiniteTimeSpan;

    public ShardLease? LeaseOf(string lane) =>
        _held.TryGetValue(Shards.Of(lane), out var held) && IsTrusted(held) ? held.Lease : null;

    /// <summary>Renews what is getting old, drops what was lost, and chooses what others should have.</summary>
    /// <param name="hasRoom">More could be handled here.</param>
    public async Task KeepAsync(bool hasRoom, CancellationToken cancellationToken)
    {
        if (!IsShared)
            return;
        await RenewAsync(cancellationToken);
        if (!_leaving && (_metAt is not { } met || time.GetElapsedTime(met) > shards.LeaseTime / 4))
            await MeetAsync(hasRoom, cancellationToken);
    }

    /// <summary>Claims what is free and due.</summary>
    public async Task ClaimAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (_leaving || _held.Count == Shards.Count)
            return;
        var asked = time.GetTimestamp();
        var courtesy = _held.Count < _fleet.Share ? TimeSpan.Zero : Courtesy;
        foreach (var lease in await shards.ClaimAsync(now, courtesy, cancellationToken))
            _held[lease.Shard] = new Held(lease, asked) { UsedAt = asked };
    }

    /// <summary>Gives back the shards that have had nothing to do for a while, and those that others should have, as soon as nothing of them is in hand.</summary>
    public async Task ReleaseIdleAsync(IReadOnlySet<int> busy, CancellationToken cancellationToken)
    {
        foreach (var shard in busy)
        {
            if (_held.TryGetValue(shard, out var used))
                used.UsedAt = time.GetTimestamp();
        }
        if (!IsShared)
            return;
        // The set decides, not the time alone: this process may have been stopped since the lines above.
        var quiet = _held.Values.Where(held => !busy.Contains(held.Lease.Shard)).ToLookup(Because);
        foreach (var because in Enum.GetValues<ShardRelease>())
            await ReleaseAsync([.. quiet[because].Select(held => held.Lease)], because, cancellationToken);
    }

    /// <summary>From now on nothing is claimed, and what is not in hand is given back at once.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        if (_leaving)
            return;
        _leaving = true;
        await shards.LeaveAsync(cancellationToken);
    }

    public async Task ReleaseAllAsync(CancellationToken cancellationToken)
    {
        await ReleaseAsync([.. _held.Values.Select(held => held.Lease)], ShardRelease.Stopping, cancellationToken);
        await LeaveAsync(cancellationToken);
    }

    private ShardRelease? Because(Held held) =>
        _leaving ? ShardRelease.Stopping
        : held.OfferedAt is not null ? ShardRelease.HandedOver
        : time.GetElapsedTime(held.UsedAt) > KeptIdle ? ShardRelease.Idle
        : null;

    private async Task ReleaseAsync(
        IReadOnlyCollection<ShardLease> leases,
        ShardRelease because,
        CancellationToken cancellationToken
    )
    {
        if (leases.Count == 0)
            return;
        await shards.ReleaseAsync(leases, because, cancellationToken);
        foreach (var lease in leases)
            _held.Remove(lease.Shard);
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

    private async Task MeetAsync(bool hasRoom, CancellationToken cancellationToken)
    {
        var asked = time.GetTimestamp();
        var room = hasRoom ? Math.Max(0, _fleet.Share - _held.Count) : 0;
        _fleet = await shards.MeetAsync(room, cancellationToken);
        _metAt = asked;
        Offer(Math.Min(_held.Count - _fleet.Share, _fleet.Room));
    }

    /// <summary>
    /// No row of an offered shard is taken, so that it falls idle however much there is to do. One that does not for as long as a lease lasts, because a row
    /// takes long, would hold up its other lanes: it is kept, and others have their turn first.
    /// </summary>
    private void Offer(int count)
    {
        foreach (var held in _held.Values)
        {
            if (held.OfferedAt is { } at && (count <= 0 || time.GetElapsedTime(at) > shards.LeaseTime))
                (held.OfferedAt, held.Offers) = (null, held.Offers + 1);
        }
        var more = count - _held.Values.Count(held => held.OfferedAt is not null);
        foreach (var held in _held.Values.Where(held => held.OfferedAt is null).OrderBy(held => held.Offers).Take(more))
            held.OfferedAt = time.GetTimestamp();
    }

    private void Drop(int shard)
    {
        _held.Remove(shard);
        lost(shard);
    }

    private bool IsTrusted(Held held) => !IsShared || time.GetElapsedTime(held.RenewedAt) < shards.LeaseTime * 2 / 3;

    private sealed class Held(ShardLease lease, long renewedAt)
    {
        public ShardLease Lease => lease;
        public long RenewedAt { get; set; } = renewedAt;
        public long UsedAt { get; set; }

        /// <summary>Since when another replica should have it; null when it is ours.</summary>
        public long? OfferedAt { get; set; }

        /// <summary>How often it was offered in vain.</summary>
        public int Offers { get; set; }
    }
}
