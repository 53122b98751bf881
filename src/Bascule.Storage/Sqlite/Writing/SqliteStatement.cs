using Bascule.Storage.Writing;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Bascule.Storage.Sqlite.Writing;

/// <summary>
/// On SQLite's own calls: the library's commands, which bind by name and box each value, would cost more than SQLite itself.
/// </summary>
internal sealed class SqliteStatement : IStatement, IDisposable
{
    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;
    private int _bound;

    public SqliteStatement(SqliteConnection connection, string sql)
    {
        _connection = connection.Handle!;
        Check(raw.sqlite3_prepare_v3(_connection, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    public IStatement Bind(string text)
    {
        Check(raw.sqlite3_bind_text(_statement, ++_bound, text));
        return this;
    }

    public IStatement Bind(long number)
    {
        Check(raw.sqlite3_bind_int64(_statement, ++_bound, number));
        return this;
    }

    public IStatement Bind(ReadOnlySpan<byte> bytes)
    {
        // A null pointer would be bound as NULL.
        Check(
            bytes.IsEmpty
                ? raw.sqlite3_bind_zeroblob(_statement, ++_bound, 0)
                : raw.sqlite3_bind_blob(_statement, ++_bound, bytes)
        );
        return this;
    }

    /// <summary>Runs it to its end and answers how many rows it changed.</summary>
    public int Run()
    {
        Step();
        return raw.sqlite3_changes(_connection);
    }

    public void Send() => Step();

    public bool ChangesOne() => Run() == 1;

    /// <summary>Runs it and answers the first column of its only row; null when there is none.</summary>
    public long? ReadNumber() => Step();

    public void Dispose() => _statement.Dispose();

    private long? Step()
    {
        try
        {
            long? first = null;
            int code;
            while ((code = raw.sqlite3_step(_statement)) == raw.SQLITE_ROW)
            {
                first ??= raw.sqlite3_column_int64(_statement, 0);
            }
            Check(code);
            return first;
        }
        finally
        {
            _ = raw.sqlite3_reset(_statement);
            _bound = 0;
        }
    }

    private void Check(int code)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_DONE))
        {
            _bound = 0;
            SqliteException.ThrowExceptionForRC(code, _connection);
        }
    }
}
