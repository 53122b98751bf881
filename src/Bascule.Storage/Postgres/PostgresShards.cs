using Bascule.Core.Work;
using Dapper;
using Npgsql;

namespace Bascule.Storage.Postgres;

/// <summary>Row leases on the table <c>shard</c>. Each question is one statement in a transaction of its own: a replica that is stopped holds no lock.</summary>
internal sealed class PostgresShards(NpgsqlDataSource source, string server, string replica, TimeSpan leaseTime)
    : IShards
{
    private readonly AsyncLocal<ShardLease?> _current = new();

    public TimeSpan LeaseTime => leaseTime;

    /// <summary>The lease under which this flow of control writes.</summary>
    public ShardLease? Current => _current.Value;

    public async Task<IReadOnlyList<ShardLease>> ClaimAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        await AskAsync(
            """
            WITH free AS (
              SELECT id, holder IS NOT NULL AS after_crash FROM shard
              WHERE lease_until < clock_timestamp() AND EXISTS (
                SELECT 1 FROM work WHERE work.shard = shard.id AND due_at <= @Now
                  AND work.id = (SELECT min(first.id) FROM work AS first WHERE first.lane = work.lane))
              ORDER BY id FOR UPDATE SKIP LOCKED
            )
            UPDATE shard SET holder = @Replica, fence = fence + 1, lease_until = clock_timestamp() + @Lease
            FROM free WHERE shard.id = free.id
            RETURNING shard.id, shard.fence, free.after_crash
            """,
            new
            {
                Now = now.ToUnixTimeMilliseconds(),
                Replica = replica,
                Lease = LeaseTime,
            },
            cancellationToken
        );

    public async Task<IReadOnlyList<ShardLease>> RenewAsync(
        IReadOnlyCollection<ShardLease> leases,
        CancellationToken cancellationToken
    )
    {
        var renewed = await AskAsync(
            """
            WITH held AS (
              SELECT id FROM shard JOIN unnest(@Shards, @Fences) AS asked (shard, claim) ON id = shard AND fence = claim
              WHERE holder = @Replica ORDER BY id FOR UPDATE
            )
            UPDATE shard SET lease_until = clock_timestamp() + @Lease FROM held WHERE shard.id = held.id
            RETURNING shard.id, shard.fence, FALSE AS after_crash
            """,
            Parameters(leases),
            cancellationToken
        );
        var held = renewed.Select(lease => lease.Shard).ToHashSet();
        return [.. leases.Where(lease => held.Contains(lease.Shard))];
    }

    public Task ReleaseAsync(IReadOnlyCollection<ShardLease> leases, CancellationToken cancellationToken) =>
        AskAsync(
            """
            WITH held AS (
              SELECT id FROM shard JOIN unnest(@Shards, @Fences) AS asked (shard, claim) ON id = shard AND fence = claim
              WHERE holder = @Replica ORDER BY id FOR UPDATE
            )
            UPDATE shard SET lease_until = '-infinity', holder = NULL FROM held WHERE shard.id = held.id
            RETURNING shard.id, shard.fence, FALSE AS after_crash
            """,
            Parameters(leases),
            cancellationToken
        );

    public IDisposable Under(ShardLease lease)
    {
        _current.Value = lease;
        return new Scope(_current);
    }

    private object Parameters(IReadOnlyCollection<ShardLease> leases) =>
        new
        {
            Shards = leases.Select(lease => lease.Shard).ToArray(),
            Fences = leases.Select(lease => lease.Fence).ToArray(),
            Replica = replica,
            Lease = LeaseTime,
        };

    private async Task<IReadOnlyList<ShardLease>> AskAsync(
        string sql,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            var command = new CommandDefinition(sql, parameters, cancellationToken: cancellationToken);
            var rows = await connection.QueryAsync<(int Shard, long Fence, bool AfterCrash)>(command);
            return [.. rows.Select(row => new ShardLease(row.Shard, row.Fence, row.AfterCrash))];
        }
        catch (Exception failure) when (PostgresFailure.IsMachinery(failure))
        {
            throw PostgresFailure.Describe(server, failure);
        }
    }

    private sealed class Scope(AsyncLocal<ShardLease?> current) : IDisposable
    {
        public void Dispose() => current.Value = null;
    }
}
