using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Bascule.Storage.Sqlite.Writing;

/// <summary>The writing connection as one request sees it. Only ever used on the writer's thread.</summary>
internal sealed class WriteSession(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, Statement> _statements = [];

    /// <summary>Rows of work that a handler may have in its hands.</summary>
    public WorkInHand InHand { get; } = new();

    /// <summary>Set by whatever may let a lane go on; the signal is given after the commit.</summary>
    public bool WorkChanged { get; set; }

    /// <summary>True when no transaction is open, also because SQLite has rolled it back by itself.</summary>
    public bool IsIdle => raw.sqlite3_get_autocommit(connection.Handle) != 0;

    /// <summary>For what runs thousands of times a second; prepared at its first use and kept.</summary>
    public Statement Prepared(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            statement = new Statement(connection, sql);
            _statements.Add(sql, statement);
        }
        return statement;
    }

    public int Execute(string sql, object? parameters) => connection.Execute(sql, parameters);

    public T? Find<T>(string sql, object? parameters) => connection.QueryFirstOrDefault<T>(sql, parameters);

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }
    }
}
