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
    private readonly List<(ReadOnlyMemory<byte> Entry, AuditPlace Place)> _entries = [];
    private int _entriesBefore;
    private bool _together;
    private bool _mistaken;

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

    /// <summary>Written by <see cref="Commit"/>: other replicas wait for whoever holds the end of the log, so it is held as shortly as can be.</summary>
    public override void AppendAudit(ReadOnlyMemory<byte> entry, AuditPlace place) => _entries.Add((entry, place));

    public int Run(NpgsqlBatchCommand command)
    {
        Exchange(command);
        return command.RecordsAffected;
    }

    public object? ReadFirst(NpgsqlBatchCommand command) => Exchange(command);

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
    /// <param name="leases">Of those who want to write.</param>
    /// <returns>Which of the leases hold. They go on holding until the transaction ends: nobody can claim the shards before.</returns>
    public HashSet<ShardLease> Begin(bool together, IReadOnlyCollection<ShardLease> leases)
    {
        (_together, _mistaken) = (together, false);
        Forget();
        if (leases.Count > 0)
            return Holding(leases);
        Tell("BEGIN");
        return [];
    }

    /// <summary>
    /// Ends the transaction. Whoever listens is told with the commit: never before it, never without it.
    /// </summary>
    /// <returns>False, and nothing kept, when a statement changed another number of rows than was taken for granted.</returns>
    public bool Commit()
    {
        var next = _entries.Count > 0 ? TakeEndOfLog() : 0;
        Flush();
        if (_mistaken)
        {
            Rollback();
            return false;
        }
        foreach (var (entry, place) in _entries)
        {
            place.Index = next++;
            Prepared("INSERT INTO audit_entry (idx, entry) VALUES ($1, $2)").Bind(place.Index).Bind(entry.Span).Send();
        }
        if (WorkChanged)
            Prepared($"NOTIFY {PostgresSignal.Channel}").Send();
        Prepared("COMMIT").Send();
        Flush();
        return true;
    }

    public void Rollback()
    {
        WorkChanged = false;
        Forget();
        Tell("ROLLBACK");
    }

    private void Forget()
    {
        _entries.Clear();
        _sent.Clear();
    }

    public void Flush()
    {
        if (_sent.Count > 0)
            Exchange(last: null);
    }

    public void Savepoint()
    {
        _entriesBefore = _entries.Count;
        Tell("SAVEPOINT request");
    }

    public void Undo()
    {
        _entries.RemoveRange(_entriesBefore, _entries.Count - _entriesBefore);
        Tell("ROLLBACK TO SAVEPOINT request");
    }

    public void Keep() => Tell("RELEASE SAVEPOINT request");

    /// <summary>One round trip for what was sent before and, after it, the last command.</summary>
    /// <returns>The first column of the first row of the last result; null when there is none.</returns>
    private object? Exchange(NpgsqlBatchCommand? last)
    {
        using var batch = new NpgsqlBatch(connection);
        foreach (var (command, _) in _sent)
            batch.BatchCommands.Add(command);
        if (last is not null)
            batch.BatchCommands.Add(last);
        object? value = null;
        using (var reader = batch.ExecuteReader())
        {
            do value = reader.Read() ? reader.GetValue(0) : null;
            while (reader.NextResult());
        }
        _mistaken |= _sent.Exists(sent => sent.Expected is { } count && sent.Command.RecordsAffected != count);
        _sent.Clear();
        return value;
    }

    /// <summary>From now on until the transaction ends nobody else adds an entry.</summary>
    private long TakeEndOfLog()
    {
        // Two statements: the second must see what was committed while the first one waited.
        Prepared("SELECT pg_advisory_xact_lock($1)").Bind(AuditLock).Send();
        return Prepared("SELECT coalesce(max(idx) + 1, 0) FROM audit_entry").ReadNumber()!.Value;
    }

    private HashSet<ShardLease> Holding(IReadOnlyCollection<ShardLease> leases)
    {
        var asked = leases.Select(lease => lease.Shard).Distinct().ToArray();
        using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN"));
        batch.BatchCommands.Add(
            new NpgsqlBatchCommand("SELECT id, fence FROM shard WHERE id = ANY($1) ORDER BY id FOR SHARE")
            {
                Parameters = { new NpgsqlParameter<int[]> { TypedValue = asked } },
            }
        );
        var fences = new Dictionary<int, long>();
        using var reader = batch.ExecuteReader();
        while (reader.Read())
            fences[reader.GetInt32(0)] = reader.GetInt64(1);
        return [.. leases.Where(lease => fences.GetValueOrDefault(lease.Shard) == lease.Fence)];
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
