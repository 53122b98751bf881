using System.IO.Compression;
using System.Text.Json;

namespace Bascule.Storage.Snapshots;

/// <summary>Writes one snapshot of one moment.</summary>
internal static class SnapshotWriter
{
    public static async Task<Snapshot> WriteAsync(
        ISnapshotDatabase database,
        SnapshotPurpose purpose,
        string version,
        DateTimeOffset now,
        Stream file,
        CancellationToken cancellationToken
    )
    {
        var tables = TableSchema.Sort(await database.ReadTablesAsync(cancellationToken));
        var manifest = await DescribeAsync(database, tables, purpose, version, now, cancellationToken);
        await using var packed = new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true);
        await WriteLineAsync(
            packed,
            JsonSerializer.SerializeToUtf8Bytes(manifest, SnapshotJson.Default.SnapshotManifest)
        );
        await using var body = new DigestStream(packed);
        await SnapshotRows.WriteAsync(database, tables, body, cancellationToken);
        var seal = new SnapshotSeal(body.Finish());
        await WriteLineAsync(packed, JsonSerializer.SerializeToUtf8Bytes(seal, SnapshotJson.Default.SnapshotSeal));
        return new Snapshot(manifest, seal.Sha256);
    }

    private static async Task<SnapshotManifest> DescribeAsync(
        ISnapshotDatabase database,
        IReadOnlyList<TableSchema> tables,
        SnapshotPurpose purpose,
        string version,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var described = new List<SnapshotTable>();
        foreach (var table in tables)
            described.Add(
                new SnapshotTable(
                    table.Name,
                    [.. table.ColumnNames],
                    await database.AskAsync<long>($"SELECT count(*) FROM {table.Quoted}", cancellationToken),
                    await database.ReadLastAsync(table, cancellationToken)
                )
            );
        return new SnapshotManifest(
            SnapshotFormat.Version,
            purpose,
            version,
            await database.AskAsync<int>("SELECT max(version) FROM schema_version", cancellationToken),
            await database.AskAsync<long>("SELECT epoch FROM installation", cancellationToken),
            await database.AskAsync<long>("SELECT coalesce(max(idx) + 1, 0) FROM audit_entry", cancellationToken),
            now,
            described
        );
    }

    private static async Task WriteLineAsync(Stream stream, byte[] line)
    {
        await stream.WriteAsync(line);
        await stream.WriteAsync("\n"u8.ToArray());
    }
}
