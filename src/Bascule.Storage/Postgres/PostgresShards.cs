using Bascule.Core.Work;
using Dapper;
using Npgsql;

namespace Bascule.Storage.Postgres;

/// <summary>Row leases on the table <c>shard</c>. Each question is a transaction of its own, sent as a whole: a replica that is stopped holds no lock.</summary>
internal sealed class PostgresShards(NpgsqlDataSource source, string server, string replica, TimeSpan leaseTime)
    : IShards
{
    private readonly AsyncLocal<ShardLease?> _current = new();

    public TimeSpan LeaseTime => leaseTime;

    /// <summary>The lease under which this flow of control writes.</summary>
    public ShardLease? Current => _current.Value;

    public async Task<IReadOnlyList<ShardLease>> ClaimAsync(
        DateTimeOffset now,
        TimeSpan courtesy,
        CancellationToken cancellationToken
    ) =>
        await AskAsync(
            """
            WITH free AS (
              SELECT id, holder IS NOT NULL AS after_crash FROM shard
              WHERE lease_until < clock_timestamp()
                AND (holder IS NOT NULL OR lease_until < clock_timestamp() - @Courtesy) AND EXISTS (
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
                Courtesy = courtesy,
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

    /// <summary>When a shard was handed over is kept as the end of its lease: whoever has enough leaves it alone for a while.</summary>
    public Task ReleaseAsync(
        IReadOnlyCollection<ShardLease> leases,
        ShardRelease because,
        CancellationToken cancellationToken
    )
    {
        var free = because == ShardRelease.HandedOver ? "clock_timestamp()" : "'-infinity'";
        var wake = because == ShardRelease.Idle ? "" : $"; NOTIFY {PostgresSignal.Channel}";
        return AskAsync(
            $"""
            WITH held AS (
              SELECT id FROM shard JOIN unnest(@Shards, @Fences) AS asked (shard, claim) ON id = shard AND fence = claim
              WHERE holder = @Replica ORDER BY id FOR UPDATE
            )
            UPDATE shard SET lease_until = {free}, holder = NULL FROM held WHERE shard.id = held.id
            RETURNING shard.id, shard.fence, FALSE AS after_crash{wake}
            """,
            Parameters(leases),
            cancellationToken
        );
    }

    public async Task<Fleet> MeetAsync(int room, CancellationToken cancellationToken) =>
        await AskAsync(
            connection =>
                connection.QuerySingleAsync<Fleet>(
                    new CommandDefinition(
                        """
                        WITH gone AS (
                          DELETE FROM replica WHERE name IN (
                            SELECT name FROM replica WHERE alive_until < clock_timestamp() AND name <> @Replica
                            FOR UPDATE SKIP LOCKED)
                        ), own AS (
                          INSERT INTO replica (name, alive_until, room)
                          VALUES (@Replica, clock_timestamp() + @Lease, @Room)
                          ON CONFLICT (name) DO UPDATE SET alive_until = excluded.alive_until, room = excluded.room
                        )
                        SELECT 1 + count(*)::integer AS count, coalesce(sum(room), 0)::integer AS room FROM replica
                        WHERE name <> @Replica AND alive_until > clock_timestamp()
                        """,
                        new
                        {
                            Replica = replica,
                            Lease = LeaseTime,
                            Room = room,
                        },
                        cancellationToken: cancellationToken
                    )
                ),
            cancellationToken
        );

    public Task LeaveAsync(CancellationToken cancellationToken) =>
        AskAsync(
            connection =>
                connection.ExecuteAsync(
                    new CommandDefinition(
                        $"DELETE FROM replica WHERE name = @Replica; NOTIFY {PostgresSignal.Channel}",
                        new { Replica = replica },
                        cancellationToken: cancellationToken
                    )
                ),
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

    private Task<IReadOnlyList<ShardLease>> AskAsync(
        string sql,
        object parameters,
        CancellationToken cancellationToken
    ) =>
        AskAsync<IReadOnlyList<ShardLease>>(
            async connection =>
            {
                var command = new CommandDefinition(sql, parameters, cancellationToken: cancellationToken);
                var rows = await connection.QueryAsync<(int Shard, long Fence, bool AfterCrash)>(command);
                return [.. rows.Select(row => new ShardLease(row.Shard, row.Fence, row.AfterCrash))];
            },
            cancellationToken
        );

    private async Task<T> AskAsync<T>(Func<NpgsqlConnection, Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            return await ask(connection);
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
