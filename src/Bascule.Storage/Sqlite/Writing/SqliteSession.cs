using Bascule.Storage.Writing;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Bascule.Storage.Sqlite.Writing;

internal sealed class SqliteSession(SqliteConnection connection) : WriteSession
{
    private readonly Dictionary<string, SqliteStatement> _statements = [];

    /// <summary>True when no transaction is open, also because SQLite has rolled it back by itself.</summary>
    public bool IsIdle => raw.sqlite3_get_autocommit(connection.Handle) != 0;

    public override IStatement Prepared(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            statement = new SqliteStatement(connection, sql);
            _statements.Add(sql, statement);
        }
        return statement;
    }

    public override int Execute(string sql, object? parameters) => connection.Execute(sql, parameters);

    public override T? Find<T>(string sql, object? parameters)
        where T : default => connection.QueryFirstOrDefault<T>(sql, parameters);

    public override IReadOnlyList<T> List<T>(string sql, object? parameters) =>
        [.. connection.Query<T>(sql, parameters)];

    /// <summary>There is one writer: nobody else takes the number meanwhile.</summary>
    public override void AppendAudit(ReadOnlyMemory<byte> entry, AuditPlace place)
    {
        place.Index = Prepared("SELECT coalesce(max(idx) + 1, 0) FROM audit_entry").ReadNumber()!.Value;
        Prepared("INSERT INTO audit_entry (idx, entry) VALUES ($1, $2)").Bind(place.Index).Bind(entry.Span).Run();
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }
    }
}
