using System.Globalization;

namespace Bascule.Storage.Snapshots;

/// <summary>Puts a snapshot into a database that nobody has used yet, in its one transaction, and reads it back before anybody believes it.</summary>
internal static class SnapshotLoader
{
    /// <summary>Nobody's installation is in it.</summary>
    public static async Task<bool> IsUnusedAsync(ISnapshotDatabase database, CancellationToken cancellationToken) =>
        // Whoever serves a database binds its master key before anything else.
        await database.AskAsync<long>(
            "SELECT count(*) FROM installation WHERE key_check IS NULL AND NOT EXISTS (SELECT 1 FROM audit_entry) AND NOT EXISTS (SELECT 1 FROM run)",
            cancellationToken
        ) == 1;

    /// <summary>Answers the digest of the rows.</summary>
    /// <exception cref="FormatException">The file is damaged, or of other tables.</exception>
    public static async Task<string> LoadAsync(
        ISnapshotDatabase database,
        SnapshotReader reader,
        CancellationToken cancellationToken
    )
    {
        var tables = TableSchema.Sort(await database.ReadTablesAsync(cancellationToken));
        await CompareAsync(database, reader.Manifest, tables, cancellationToken);
        // What migrations put there themselves is in the snapshot as well.
        foreach (var table in tables.Reverse())
            await database.TellAsync($"DELETE FROM {table.Quoted}", cancellationToken);
        foreach (var (table, stored) in tables.Zip(reader.Manifest.Tables))
        {
            await SnapshotRows.InsertAsync(database, table, stored, reader.ReadRowAsync, cancellationToken);
            await database.SetLastAsync(table, stored.Last, cancellationToken);
        }
        var written = await reader.FinishAsync(cancellationToken);
        if (await SnapshotRows.DigestAsync(database, tables, cancellationToken) != written)
            throw new FormatException($"{database.Name} does not give back what was put into it");
        await database.TellAsync("UPDATE installation SET serving = FALSE", cancellationToken);
        return written;
    }

    private static async Task CompareAsync(
        ISnapshotDatabase database,
        SnapshotManifest manifest,
        IReadOnlyList<TableSchema> tables,
        CancellationToken cancellationToken
    )
    {
        var schema = await database.AskAsync<int>("SELECT max(version) FROM schema_version", cancellationToken);
        if (schema != manifest.Schema)
            throw new FormatException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"it has schema {manifest.Schema}, and this program makes schema {schema}: read it with Bascule {manifest.Version}, then upgrade"
                )
            );
        if (!tables.Select(Shape).SequenceEqual(manifest.Tables.Select(Shape), StringComparer.Ordinal))
            throw new FormatException("its tables are not those of this program");
    }

    private static string Shape(TableSchema table) => Shape(table.Name, table.ColumnNames);

    private static string Shape(SnapshotTable table) => Shape(table.Name, table.Columns);

    private static string Shape(string table, IEnumerable<string> columns) =>
        $"{table}({string.Join(',', columns.Order(StringComparer.Ordinal))})";
}
