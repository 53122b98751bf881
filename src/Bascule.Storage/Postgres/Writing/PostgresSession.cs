using System.Diagnostics.CodeAnalysis;
using Bascule.Core.Work;
using Bascule.Storage.Writing;
using Dapper;
using Npgsql;

namespace Bascule.Storage.Postgres.Writing;

/// <summary>The connection that writes, with its transaction.</summary>
internal sealed class PostgresSession(NpgsqlConnection connection) : WriteSession
{
    /// <summary>Any number will do, as long as every replica uses the same: "Basc".</summary>
    internal const long AuditLock = 0x42617363;

    /// <summary>
    /// A replica that is stopped in the middle of a transaction must not hold its locks for ever, nor one whose network is gone.
    /// </summary>
    private const string Settings = """
        SET idle_in_transaction_session_timeout = '3s';
        SET lock_timeout = '20s';
        SET tcp_keepalives_idle = 5;
        SET tcp_keepalives_interval = 2;
        SET tcp_keepalives_count = 3;
        """;

    private readonly Dictionary<string, PostgresStatement> _statements = [];
    private bool _holdsAuditLog;

    public static PostgresSession Open(NpgsqlDataSource source)
    {
        var connection = source.OpenConnection();
        try
        {
            connection.Execute(Settings);
            return new PostgresSession(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public override IStatement Prepared(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            statement = new PostgresStatement(connection, sql);
            _statements.Add(sql, statement);
        }
        return statement;
    }

    public override int Execute(string sql, object? parameters) => connection.Execute(sql, parameters);

    public override T? Find<T>(string sql, object? parameters)
        where T : default => connection.QueryFirstOrDefault<T>(sql, parameters);

    public override IReadOnlyList<T> List<T>(string sql, object? parameters) =>
        [.. connection.Query<T>(sql, parameters)];

    public override void HoldAuditLog()
    {
        if (_holdsAuditLog)
            return;
        Prepared("SELECT pg_advisory_xact_lock($1)").Bind(AuditLock).Run();
        _holdsAuditLog = true;
    }

    public void Begin()
    {
        _holdsAuditLog = false;
        Tell("BEGIN");
    }

    /// <summary>Whoever listens is told with the commit: never before it, never without it.</summary>
    public void Commit() => Tell(WorkChanged ? $"NOTIFY {PostgresSignal.Channel}; COMMIT" : "COMMIT");

    public void Rollback()
    {
        WorkChanged = false;
        Tell("ROLLBACK");
    }

    public void Savepoint() => Tell("SAVEPOINT request");

    public void Undo() => Tell("ROLLBACK TO SAVEPOINT request");

    public void Keep() => Tell("RELEASE SAVEPOINT request");

    /// <summary>Which of these leases hold. They go on holding until the transaction ends: nobody can claim the shards before.</summary>
    public HashSet<ShardLease> Holding(IEnumerable<ShardLease> leases)
    {
        var asked = leases.Distinct().ToList();
        if (asked.Count == 0)
            return [];
        var fences = connection
            .Query<(int Id, long Fence)>(
                "SELECT id, fence FROM shard WHERE id = ANY(@Ids) ORDER BY id FOR SHARE",
                new { Ids = asked.Select(lease => lease.Shard).Distinct().ToArray() }
            )
            .ToDictionary(shard => shard.Id, shard => shard.Fence);
        return [.. asked.Where(lease => fences.GetValueOrDefault(lease.Shard) == lease.Fence)];
    }

    /// <summary>Dapper takes a single word for the name of a procedure.</summary>
    [SuppressMessage("Security", "CA2100", Justification = "Only called with this class's own constants.")]
    private void Tell(string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();
        connection.Dispose();
    }
}
