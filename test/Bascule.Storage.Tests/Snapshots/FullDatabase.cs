using Bascule.Storage.Snapshots;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Bascule.Storage.Tests.Snapshots;

/// <summary>Puts rows into every table that there is, also into those that do not exist yet: from what the database says about its columns.</summary>
internal static class FullDatabase
{
    private const int Rows = 3;

    /// <param name="schema">From PostgreSQL, which tells truth values from numbers.</param>
    public static async Task FillAsync(string file, IReadOnlyList<TableSchema> schema)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False;Foreign Keys=True");
        await connection.OpenAsync();
        foreach (var table in TableSchema.Sort(schema).Where(table => table.Name != "installation"))
        {
            var optional = await connection.QueryAsync<string>(
                "SELECT name FROM pragma_table_info(@Name) WHERE \"notnull\" = 0 AND pk = 0",
                new { table.Name }
            );
            for (var row = 0; row < Rows; row++)
                await InsertAsync(connection, table, row, optional.ToHashSet());
        }
        await connection.ExecuteAsync("UPDATE installation SET epoch = 7, key_check = 'k', held_because = 'it was'");
        await connection.ExecuteAsync("DELETE FROM work WHERE id = 2");
    }

    private static async Task InsertAsync(
        SqliteConnection connection,
        TableSchema table,
        int row,
        HashSet<string> optional
    )
    {
        var values = new DynamicParameters();
        foreach (var column in table.Columns)
            values.Add(column.Name, row == 2 && optional.Contains(column.Name) ? null : Value(table, column, row));
        await connection.ExecuteAsync(
            $"INSERT INTO {table.Quoted} ({TableSchema.Quote(table.ColumnNames)}) VALUES ({string.Join(", ", table.ColumnNames.Select(name => "@" + name))})",
            values
        );
    }

    /// <summary>Whatever refers to another row refers to the one with the same number.</summary>
    private static object Value(TableSchema table, ColumnSchema column, int row) =>
        column.Kind switch
        {
            ColumnKind.Integer when table.Key.Contains(column.Name) => row,
            ColumnKind.Integer => 1_000_000_007L * row,
            ColumnKind.Boolean => row % 2,
            ColumnKind.Real => row == 0 ? 0.1 + 0.2 : double.NegativeInfinity,
            ColumnKind.Blob => new byte[] { 0, 255, (byte)row },
            _ => $"{row} \"ü\" 🙂\n\\",
        };
}
