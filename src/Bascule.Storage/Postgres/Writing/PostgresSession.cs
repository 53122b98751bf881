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

    /// <summary>What is sent together at most: neither side holds more in memory.</summary>
    private const int MostTogether = 200;

    private readonly List<(NpgsqlBatchCommand Command, int? Expected)> _sent = [];
    private long? _nextAuditIndex;
    private bool _together;

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

    public override IStatement Prepared(string sql) => new PostgresStatement(this, sql);

    public override int Execute(string sql, object? parameters)
    {
        Flush();
        return connection.Execute(sql, parameters);
    }

    public override T? Find<T>(string sql, object? parameters)
        where T : default
    {
        Flush();
        return connection.QueryFirstOrDefault<T>(sql, parameters);
    }

    public override IReadOnlyList<T> List<T>(string sql, object? parameters)
    {
        Flush();
        return [.. connection.Query<T>(sql, parameters)];
    }

    public override long TakeAuditIndex()
    {
        if (_nextAuditIndex is null)
        {
            // Two statements: the second must see what was committed while the first one waited.
            Prepared("SELECT pg_advisory_xact_lock($1)").Bind(AuditLock).Run();
            _nextAuditIndex = Prepared("SELECT coalesce(max(idx) + 1, 0) FROM audit_entry").ReadNumber()!.Value;
        }
        var index = _nextAuditIndex.Value;
        _nextAuditIndex = index + 1;
        return index;
    }

    public int Run(NpgsqlBatchCommand command)
    {
        Flush();
        using var batch = new NpgsqlBatch(connection) { BatchCommands = { command } };
        return batch.ExecuteNonQuery();
    }

    public object? ReadFirst(NpgsqlBatchCommand command)
    {
        Flush();
        using var batch = new NpgsqlBatch(connection) { BatchCommands = { command } };
        return batch.ExecuteScalar();
    }

    /// <param name="expected">How many rows it must change; null for any number.</param>
    /// <returns>False when it is known not to have changed so many.</returns>
    public bool Send(NpgsqlBatchCommand command, int? expected)
    {
        if (!_together)
            return Run(command) is var changed && (expected is null || changed == expected);
        _sent.Add((command, expected));
        if (_sent.Count >= MostTogether)
            Flush();
        return true;
    }

    /// <param name="together">Whether statements that nobody waits for may be sent later, with others.</param>
    public void Begin(bool together)
    {
        _nextAuditIndex = null;
        _together = together;
        IsMistaken = false;
        _sent.Clear();
        Tell("BEGIN");
    }

    /// <summary>Whoever listens is told with the commit: never before it, never without it.</summary>
    public void Commit() => Tell(WorkChanged ? $"NOTIFY {PostgresSignal.Channel}; COMMIT" : "COMMIT");

    public void Rollback()
    {
        WorkChanged = false;
        _nextAuditIndex = null;
        _sent.Clear();
        Tell("ROLLBACK");
    }

    /// <summary>A statement that was sent changed another number of rows than was taken for granted: nothing of this transaction may stay.</summary>
    public bool IsMistaken { get; private set; }

    public void Flush()
    {
        if (_sent.Count == 0)
            return;
        using var batch = new NpgsqlBatch(connection);
        foreach (var (command, _) in _sent)
            batch.BatchCommands.Add(command);
        batch.ExecuteNonQuery();
        IsMistaken |= _sent.Exists(sent => sent.Expected is { } count && sent.Command.RecordsAffected != count);
        _sent.Clear();
    }

    public void Savepoint() => Tell("SAVEPOINT request");

    public void Undo()
    {
        _nextAuditIndex = null;
        Tell("ROLLBACK TO SAVEPOINT request");
    }

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

    protected override void Dispose(bool disposing) => connection.Dispose();
}
