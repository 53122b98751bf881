using System.Data.Common;
using Bascule.Storage.Sqlite;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Bascule.Storage.Snapshots;

/// <summary>A SQLite file: read beside the process that serves it, or held for itself alone.</summary>
internal sealed class SqliteSnapshotDatabase : ISnapshotDatabase
{
    private readonly SqliteConnection _connection;
    private readonly SqliteDatabase? _held;

    private SqliteSnapshotDatabase(string name, SqliteConnection connection, SqliteDatabase? held)
    {
        (Name, _connection, _held) = (name, connection, held);
        // Deferred: in WAL mode a reader sees one moment and neither waits for the writer nor holds it up.
        Transaction = connection.BeginTransaction(deferred: held is null);
    }

    public string Name { get; }
    public DbTransaction Transaction { get; }

    /// <summary>To read, whether it is being served or not.</summary>
    /// <exception cref="StorageException">There is no such file, or it is not ours.</exception>
    public static SqliteSnapshotDatabase Read(string path)
    {
        SqliteLibrary.Require();
        var full = Path.GetFullPath(path);
        if (!File.Exists(full))
            throw new StorageException($"there is no database {full}; name the right settings with --config");
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = full,
                Mode = SqliteOpenMode.ReadOnly,
                Pooling = false,
            }.ToString()
        );
        try
        {
            connection.Open();
            SqliteMigrations.RefuseUnknown(connection, full);
            return new SqliteSnapshotDatabase(full, connection, held: null);
        }
        catch (Exception failure)
        {
            connection.Dispose();
            throw failure is SqliteException sqlite ? SqliteFailure.Describe(full, sqlite) : failure;
        }
    }

    /// <summary>For this process alone, made where it is missing and brought to this program's schema.</summary>
    /// <exception cref="StorageException">It is being served, or not ours.</exception>
    public static SqliteSnapshotDatabase Hold(string path, TimeProvider time)
    {
        var database = SqliteDatabase.Open(path, time);
        return new SqliteSnapshotDatabase(database.Path, database.Writing, database);
    }

    public async Task<IReadOnlyList<TableSchema>> ReadTablesAsync(CancellationToken cancellationToken)
    {
        var names = await _connection.QueryAsync<string>(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite^_%' ESCAPE '^'",
            transaction: Transaction
        );
        return [.. names.Where(name => !TableSchema.Apart.Contains(name)).Select(ReadTable)];
    }

    /// <summary>Only tables with AUTOINCREMENT remember it, and only once they have had a row.</summary>
    public Task<long?> ReadLastAsync(TableSchema table, CancellationToken cancellationToken) =>
        _connection.ExecuteScalarAsync<long?>(
            "SELECT seq FROM sqlite_sequence WHERE name = @Name",
            new { table.Name },
            Transaction
        );

    public async Task SetLastAsync(TableSchema table, long? last, CancellationToken cancellationToken)
    {
        var remembers = await _connection.ExecuteScalarAsync<bool>(
            "SELECT sql LIKE '%AUTOINCREMENT%' FROM sqlite_schema WHERE type = 'table' AND name = @Name",
            new { table.Name },
            Transaction
        );
        if (!remembers || last is null)
            return;
        var highest = new { table.Name, Last = last };
        if (
            await _connection.ExecuteAsync(
                "UPDATE sqlite_sequence SET seq = max(seq, @Last) WHERE name = @Name",
                highest,
                Transaction
            ) == 0
        )
            await _connection.ExecuteAsync(
                "INSERT INTO sqlite_sequence (name, seq) VALUES (@Name, @Last)",
                highest,
                Transaction
            );
    }

    public StorageException? Describe(DbException failure) =>
        failure is SqliteException sqlite && SqliteFailure.IsMachinery(sqlite)
            ? SqliteFailure.Describe(Name, sqlite)
            : null;

    public async ValueTask DisposeAsync()
    {
        await Transaction.DisposeAsync();
        if (_held is not null)
            _held.Dispose();
        else
            await _connection.DisposeAsync();
    }

    private TableSchema ReadTable(string name)
    {
        var columns = _connection
            .Query<(string Name, string Type, int Key)>(
                "SELECT name, type, pk FROM pragma_table_info(@Name) ORDER BY cid",
                new { Name = name },
                Transaction
            )
            .AsList();
        var references = _connection.Query<string>(
            "SELECT \"table\" FROM pragma_foreign_key_list(@Name)",
            new { Name = name },
            Transaction
        );
        return new TableSchema(
            name,
            [.. columns.Select(column => new ColumnSchema(column.Name, KindOf(column.Type)))],
            [.. columns.Where(column => column.Key > 0).OrderBy(column => column.Key).Select(column => column.Name)],
            references.ToHashSet()
        );
    }

    private static ColumnKind KindOf(string type) =>
        type switch
        {
            "INTEGER" => ColumnKind.Integer,
            "REAL" => ColumnKind.Real,
            "TEXT" => ColumnKind.Text,
            "BLOB" => ColumnKind.Blob,
            _ => throw new InvalidOperationException($"no snapshot holds values of type {type}"),
        };
}
