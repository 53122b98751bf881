using System.Text.Json.Serialization;

namespace Bascule.Storage.Snapshots;

/// <summary>What stands at the beginning of a snapshot: what is in it, and where it came from.</summary>
/// <param name="Format">Of the file; this program reads <see cref="SnapshotFormat.Version"/> only.</param>
/// <param name="Purpose">A backup is a copy; an export takes the installation away from where it was.</param>
/// <param name="Version">Of the program that wrote it.</param>
/// <param name="Schema">How many migrations its tables have had.</param>
/// <param name="Epoch">The installation's, when it was written.</param>
/// <param name="AuditEntries">How many the audit log had: the last one's index plus one.</param>
public sealed record SnapshotManifest(
    int Format,
    SnapshotPurpose Purpose,
    string Version,
    int Schema,
    long Epoch,
    long AuditEntries,
    DateTimeOffset Created,
    IReadOnlyList<SnapshotTable> Tables
)
{
    [JsonIgnore]
    public long Rows => Tables.Sum(table => table.Rows);
}

public enum SnapshotPurpose
{
    Backup,
    Export,
}

/// <summary>One table of a snapshot. Its rows follow in this order, sorted by their primary key.</summary>
/// <param name="Columns">In the order of each row's values.</param>
/// <param name="Last">The highest number that its identity column has given out, where that is remembered.</param>
public sealed record SnapshotTable(string Name, IReadOnlyList<string> Columns, long Rows, long? Last);

/// <summary>A snapshot that was written, or read, to its end.</summary>
/// <param name="Sha256">Of all its rows.</param>
public sealed record Snapshot(SnapshotManifest Manifest, string Sha256);

/// <summary>What stands at the end: that nothing is missing.</summary>
/// <param name="Sha256">Hex, of every byte between the manifest's line and this one.</param>
internal sealed record SnapshotSeal(string Sha256);

/// <summary>
/// gzip over lines of JSON: the manifest, one array for each row, the seal. docs/operations/backup.md describes it for whoever wants to read one without us.
/// </summary>
internal static class SnapshotFormat
{
    public const int Version = 1;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(SnapshotManifest))]
[JsonSerializable(typeof(SnapshotSeal))]
internal sealed partial class SnapshotJson : JsonSerializerContext;
