using System.Text.Json.Serialization;

namespace Bascule.Cli.Features.Audit;

/// <summary>What <c>audit verify</c> found, for scripts.</summary>
/// <param name="Key">By which it was checked; null where none is known.</param>
/// <param name="Verified">Nothing is wrong, and a key was known.</param>
internal sealed record VerdictRecord(
    string Log,
    string? Origin,
    long? Size,
    string? Root,
    string? Key,
    bool Verified,
    bool Signed,
    long Entries,
    long EntryBytes,
    double Seconds,
    IReadOnlyList<WitnessRecord> Witnessed,
    IReadOnlyList<FindingRecord> Findings,
    long FindingCount
);

internal sealed record WitnessRecord(string Name, DateTimeOffset At);

/// <param name="Fault">One of the words of docs/operations/audit-log.md.</param>
internal sealed record FindingRecord(string Fault, long? From, long? To, string Message);

internal sealed record ProofRecord(string Origin, long Index, long Size, string Entry, string Proof);

internal sealed record ProofVerdictRecord(
    string? Origin,
    long Index,
    long? Size,
    string? Key,
    bool Verified,
    IReadOnlyList<WitnessRecord> Witnessed,
    IReadOnlyList<string> Findings
);

internal sealed record WitnessedRecord(
    string Origin,
    long Size,
    string Root,
    string Witness,
    long? Before,
    string Checkpoint
);

internal sealed record ExportedRecord(string Origin, long Size, string Folder, long Fetched);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(VerdictRecord))]
[JsonSerializable(typeof(ProofRecord))]
[JsonSerializable(typeof(ProofVerdictRecord))]
[JsonSerializable(typeof(WitnessedRecord))]
[JsonSerializable(typeof(ExportedRecord))]
internal sealed partial class AuditJson : JsonSerializerContext;
