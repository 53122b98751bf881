using System.Data;
using System.Data.Common;
using Bascule.Storage.Postgres;
using Dapper;
using Npgsql;

namespace Bascule.Storage.Snapshots;

/// <summary>A PostgreSQL database: read beside the replicas that serve it, or taken while none does.</summary>
internal sealed class PostgresSnapshotDatabase : ISnapshotDatabase
{
    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlConnection _connection;

    private PostgresSnapshotDatabase(
        string name,
        NpgsqlDataSource source,
        NpgsqlConnection connection,
        DbTransaction transaction
    )
    {
        (Name, _source, _connection, Transaction) = (name, source, connection, transaction);
    }

    public string Name { get; }
    public DbTransaction Transaction { get; }

    /// <summary>To read, whether it is being served or not.</summary>
    public static Task<PostgresSnapshotDatabase> ReadAsync(string address, CancellationToken cancellationToken) =>
        OpenAsync(address, time: null, cancellationToken);

    /// <summary>For this process alone, brought to this program's schema.</summary>
    /// <exception cref="StorageException">A replica serves it, or it is not ours.</exception>
    public static Task<PostgresSnapshotDatabase> HoldAsync(
        string address,
        TimeProvider time,
        CancellationToken cancellationToken
    ) => OpenAsync(address, time, cancellationToken);

    public async Task<IReadOnlyList<TableSchema>> ReadTablesAsync(CancellationToken cancellationToken)
    {
        var columns = await _connection.QueryAsync<(string Table, string Name, string Type)>(
            """
            SELECT table_name, column_name, data_type FROM information_schema.columns
            JOIN information_schema.tables USING (table_schema, table_name)
            WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name, ordinal_position
            """,
            transaction: Transaction
        );
        var keys = await ReadConstraintsAsync("p");
        var references = await _connection.QueryAsync<(string Table, string Referred)>(
            """
            SELECT own.relname, other.relname FROM pg_constraint AS c
            JOIN pg_class AS own ON own.oid = c.conrelid JOIN pg_class AS other ON other.oid = c.confrelid
            WHERE c.contype = 'f' AND own.relnamespace = current_schema()::regnamespace
            """,
            transaction: Transaction
        );
        var referred = references.ToLookup(pair => pair.Table, pair => pair.Referred);
        return
        [
            .. columns
                .GroupBy(column => column.Table)
                .Where(table => !TableSchema.Apart.Contains(table.Key))
                .Select(table => new TableSchema(
                    table.Key,
                    [.. table.Select(column => new ColumnSchema(column.Name, KindOf(column.Type)))],
                    [.. keys[table.Key]],
                    referred[table.Key].ToHashSet()
                )),
        ];
    }

    public async Task<long?> ReadLastAsync(TableSchema table, CancellationToken cancellationToken) =>
        await SequenceOfAsync(table) is { } sequence
            ? await _connection.ExecuteScalarAsync<long?>(
                $"SELECT last_value FROM {sequence} WHERE is_called",
                transaction: Transaction
            )
            : null;

    public async Task SetLastAsync(TableSchema table, long? last, CancellationToken cancellationToken)
    {
        if (await SequenceOfAsync(table) is not { } sequence)
            return;
        var key = TableSchema.Quote(table.Key[0]);
        await _connection.ExecuteAsync(
            $"""
            SELECT setval(@Sequence, greatest(1, highest), highest > 0)
            FROM (SELECT greatest(coalesce(max({key}), 0), @Last) AS highest FROM {table.Quoted}) AS given
            """,
            new { Sequence = sequence, Last = last ?? 0 },
            Transaction
        );
    }

    public StorageException? Describe(DbException failure) =>
        PostgresFailure.IsMachinery(failure) ? PostgresFailure.Describe(Name, failure) : null;

    public async ValueTask DisposeAsync()
    {
        await Transaction.DisposeAsync();
        await _connection.DisposeAsync();
        await _source.DisposeAsync();
    }

    private static async Task<PostgresSnapshotDatabase> OpenAsync(
        string address,
        TimeProvider? time,
        CancellationToken cancellationToken
    )
    {
        var settings = new NpgsqlConnectionStringBuilder(address)
        {
            ApplicationName = "bascule copy",
            KeepAlive = 10,
            Pooling = false,
        };
        var name = $"{settings.Host}:{settings.Port}/{settings.Database}";
        var source = NpgsqlDataSource.Create(settings);
        NpgsqlConnection? connection = null;
        try
        {
            if (time is not null)
                await PostgresMigrations.ApplyAsync(source, name, time.GetUtcNow(), cancellationToken);
            connection = await source.OpenConnectionAsync(cancellationToken);
            var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            if (time is null)
                await RefuseUnknownAsync(connection, name);
            else
                await HoldAsync(connection, name);
            return new PostgresSnapshotDatabase(name, source, connection, transaction);
        }
        catch (Exception failure)
        {
            if (connection is not null)
                await connection.DisposeAsync();
            await source.DisposeAsync();
            throw PostgresFailure.IsMachinery(failure) ? PostgresFailure.Describe(name, failure) : failure;
        }
    }

    private static async Task RefuseUnknownAsync(NpgsqlConnection connection, string name)
    {
        if (await connection.ExecuteScalarAsync<string?>("SELECT to_regclass('schema_version')::text") is null)
            throw new StorageException($"database {name} holds no installation; name the right settings with --config");
        var version = await connection.ExecuteScalarAsync<int>("SELECT max(version) FROM schema_version");
        MigrationScripts.RefuseNewer(version, MigrationScripts.Last("Postgres"), name);
    }

    /// <summary>A replica that starts from now on waits at its first write, and then finds what was done here. One that serves keeps a connection.</summary>
    private static async Task HoldAsync(NpgsqlConnection connection, string name)
    {
        await connection.ExecuteAsync("LOCK TABLE installation IN SHARE ROW EXCLUSIVE MODE");
        var serving = await connection.ExecuteScalarAsync<long>(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = @Name",
            new { Name = PostgresStorage.ApplicationName }
        );
        if (serving > 0)
            throw new StorageException($"database {name} is being served: stop every replica first");
    }

    private async Task<ILookup<string, string>> ReadConstraintsAsync(string type) =>
        (
            await _connection.QueryAsync<(string Table, string Column)>(
                """
                SELECT relname, attname FROM pg_constraint AS c
                JOIN pg_class ON pg_class.oid = c.conrelid
                CROSS JOIN LATERAL unnest(c.conkey) WITH ORDINALITY AS key (number, place)
                JOIN pg_attribute ON attrelid = c.conrelid AND attnum = key.number
                WHERE c.contype = @Type::"char" AND relnamespace = current_schema()::regnamespace ORDER BY relname, key.place
                """,
                new { Type = type },
                Transaction
            )
        ).ToLookup(pair => pair.Table, pair => pair.Column);

    private Task<string?> SequenceOfAsync(TableSchema table) =>
        _connection.ExecuteScalarAsync<string?>(
            "SELECT pg_get_serial_sequence(@Table, @Column)",
            new { Table = table.Quoted, Column = table.Key[0] },
            Transaction
        );

    private static ColumnKind KindOf(string type) =>
        type switch
        {
            "bigint" or "integer" => ColumnKind.Integer,
            "boolean" => ColumnKind.Boolean,
            "double precision" => ColumnKind.Real,
            "text" => ColumnKind.Text,
            "bytea" => ColumnKind.Blob,
            _ => throw new InvalidOperationException($"no snapshot holds values of type {type}"),
        };
}
