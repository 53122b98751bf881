using Bascule.Storage.Writing;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Bascule.Storage.Sqlite.Writing;

internal sealed class SqliteSession(SqliteConnection connection) : WriteSession
{
    private readonly Dictionary<string, SqliteStatement> _statements = [];
    private readonly List<(ReadOnlyMemory<byte> Entry, AuditPlace Place)> _entries = [];
    private int _entriesBefore;
    private bool _hasSavepoint;
    private bool _leavesNoTrace;

    /// <summary>True when no transaction is open, also because SQLite has rolled it back by itself.</summary>
    public bool IsIdle => raw.sqlite3_get_autocommit(connection.Handle) != 0;

    public void Begin() => Tell("BEGIN IMMEDIATE");

    /// <summary>Adds the entries of all requests, in their order, and ends the transaction.</summary>
    public void Commit()
    {
        if (_entries.Count > 0)
            Append();
        Tell("COMMIT");
        _entries.Clear();
    }

    public void Rollback()
    {
        _entries.Clear();
        if (!IsIdle)
            Tell("ROLLBACK");
    }

    /// <summary>From here on a request writes. Its savepoint is made with its first statement: what only adds an entry needs none.</summary>
    public void Enter() => (_entriesBefore, _hasSavepoint) = (_entries.Count, false);

    /// <summary>Takes back what the request wrote. Its savepoint stands until <see cref="Leave"/>.</summary>
    public void Undo()
    {
        _entries.RemoveRange(_entriesBefore, _entries.Count - _entriesBefore);
        if (_hasSavepoint)
            Tell("ROLLBACK TO request");
    }

    public void Leave()
    {
        if (_hasSavepoint)
            Tell("RELEASE request");
        _hasSavepoint = false;
    }

    public override IStatement Prepared(string sql)
    {
        EnsureSavepoint();
        return Kept(sql);
    }

    public override int Execute(string sql, object? parameters)
    {
        EnsureSavepoint();
        return connection.Execute(sql, parameters);
    }

    public override T? Find<T>(string sql, object? parameters)
        where T : default
    {
        EnsureSavepoint();
        return connection.QueryFirstOrDefault<T>(sql, parameters);
    }

    public override IReadOnlyList<T> List<T>(string sql, object? parameters)
    {
        EnsureSavepoint();
        return [.. connection.Query<T>(sql, parameters)];
    }

    public override void AppendAudit(ReadOnlyMemory<byte> entry, AuditPlace place) => _entries.Add((entry, place));

    /// <summary>Pages that become free are overwritten as well, which costs too much for every day's deletions.</summary>
    public override void LeaveNoTrace()
    {
        connection.Execute("PRAGMA secure_delete = ON");
        _leavesNoTrace = true;
    }

    /// <summary>
    /// After the commit: empties the write-ahead log, where former rows stand. Readers that go on for seconds are not waited for; the next checkpoint does it then.
    /// </summary>
    public void Tidy()
    {
        if (!_leavesNoTrace)
            return;
        _leavesNoTrace = false;
        connection.Execute("PRAGMA secure_delete = FAST; PRAGMA wal_checkpoint(TRUNCATE)");
    }

    /// <summary>There is one writer: nobody else takes the numbers meanwhile.</summary>
    private void Append()
    {
        var next = Kept("SELECT coalesce(max(idx) + 1, 0) FROM audit_entry").ReadNumber()!.Value;
        var insert = Kept("INSERT INTO audit_entry (idx, entry) VALUES ($1, $2)");
        foreach (var (entry, place) in _entries)
        {
            place.Index = next++;
            insert.Bind(place.Index).Bind(entry.Span).Send();
        }
    }

    private void EnsureSavepoint()
    {
        if (_hasSavepoint)
            return;
        Tell("SAVEPOINT request");
        _hasSavepoint = true;
    }

    private void Tell(string sql) => Kept(sql).Send();

    private SqliteStatement Kept(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            statement = new SqliteStatement(connection, sql);
            _statements.Add(sql, statement);
        }
        return statement;
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }
    }
}
