using System.Buffers;
using System.Data;

namespace Bascule.Storage.Snapshots;

/// <summary>The rows of a database as lines, table by table, in an order that depends on nothing but the rows.</summary>
internal static class SnapshotRows
{
    public static async Task WriteAsync(
        ISnapshotDatabase database,
        IReadOnlyList<TableSchema> tables,
        Stream body,
        CancellationToken cancellationToken
    )
    {
        var line = new ArrayBufferWriter<byte>();
        foreach (var table in tables)
        {
            await using var command = database.Command(
                $"SELECT {TableSchema.Quote(table.ColumnNames)} FROM {table.Quoted} ORDER BY {TableSchema.Quote(table.Key)}"
            );
            await using var rows = await command.ExecuteReaderAsync(
                CommandBehavior.SequentialAccess,
                cancellationToken
            );
            while (await rows.ReadAsync(cancellationToken))
            {
                RowText.Write(rows, line);
                await body.WriteAsync(line.WrittenMemory, cancellationToken);
                line.ResetWrittenCount();
            }
        }
    }

    /// <summary>What <see cref="WriteAsync"/> would write, as its SHA-256.</summary>
    public static async Task<string> DigestAsync(
        ISnapshotDatabase database,
        IReadOnlyList<TableSchema> tables,
        CancellationToken cancellationToken
    )
    {
        await using var body = new DigestStream(Stream.Null);
        await WriteAsync(database, tables, body, cancellationToken);
        return body.Finish();
    }

    /// <summary>Takes the lines that belong to one table.</summary>
    /// <exception cref="FormatException">One is missing, or is not a row of this table.</exception>
    public static async Task InsertAsync(
        ISnapshotDatabase database,
        TableSchema table,
        SnapshotTable stored,
        Func<CancellationToken, ValueTask<ReadOnlyMemory<byte>>> nextLine,
        CancellationToken cancellationToken
    )
    {
        var columns = stored.Columns.Select(name => table.Columns.Single(column => column.Name == name)).ToList();
        await using var command = database.Command(
            $"INSERT INTO {table.Quoted} ({TableSchema.Quote(stored.Columns)}) VALUES ({string.Join(", ", columns.Select((_, place) => $"@p{place}"))})"
        );
        foreach (var (column, place) in columns.Select((column, place) => (column, place)))
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.DbType) = ($"p{place}", TypeOf(column.Kind));
            command.Parameters.Add(parameter);
        }
        for (var row = 0L; row < stored.Rows; row++)
        {
            var values = RowText.Read((await nextLine(cancellationToken)).Span, columns);
            for (var place = 0; place < values.Length; place++)
                command.Parameters[place].Value = values[place];
            if (row == 0)
                await command.PrepareAsync(cancellationToken);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static DbType TypeOf(ColumnKind kind) =>
        kind switch
        {
            ColumnKind.Integer => DbType.Int64,
            ColumnKind.Boolean => DbType.Boolean,
            ColumnKind.Real => DbType.Double,
            ColumnKind.Blob => DbType.Binary,
            _ => DbType.String,
        };
}
