namespace Bascule.Storage.Snapshots;

/// <summary>Reads the rows of the audit log forward, and never back.</summary>
internal sealed class BackupEntries : IAsyncDisposable
{
    public const string Table = "audit_entry";

    private readonly FileStream _file;
    private readonly SnapshotReader _rows;
    private readonly long _count;
    private readonly int _column;

    private BackupEntries(FileStream file, SnapshotReader rows, long count)
    {
        (_file, _rows, _count) = (file, rows, count);
        _column = Math.Max(0, TableOf(rows.Manifest).Columns.ToList().IndexOf("entry"));
    }

    /// <summary>Index in the log of the entry that comes next.</summary>
    public long Next { get; private set; }

    /// <param name="first">How many rows belong to the logs before.</param>
    /// <param name="count">How many are of this log.</param>
    /// <exception cref="FormatException">It is no backup.</exception>
    public static async Task<BackupEntries> OpenAsync(
        string path,
        long first,
        long count,
        CancellationToken cancellationToken
    )
    {
        var file = File.OpenRead(path);
        var rows = await SnapshotReader.OpenAsync(file, cancellationToken);
        var before = rows.Manifest.Tables.TakeWhile(table => table.Name != Table).Sum(table => table.Rows);
        for (var row = 0L; row < before + first; row++)
            await rows.ReadRowAsync(cancellationToken);
        return new BackupEntries(file, rows, count);
    }

    /// <summary>Fewer at the end.</summary>
    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAsync(
        long from,
        int count,
        CancellationToken cancellationToken
    )
    {
        var entries = new List<ReadOnlyMemory<byte>>(count);
        for (; Next < long.Min(_count, from + count); Next++)
        {
            var row = await _rows.ReadRowAsync(cancellationToken);
            if (Next >= from)
                entries.Add(RowCells.Bytes(row.Span, _column));
        }
        return entries;
    }

    public async ValueTask DisposeAsync()
    {
        await _rows.DisposeAsync();
        await _file.DisposeAsync();
    }

    public static SnapshotTable TableOf(SnapshotManifest manifest) =>
        manifest.Tables.FirstOrDefault(table => table.Name == Table)
        ?? throw new FormatException("it has no audit log");
}
