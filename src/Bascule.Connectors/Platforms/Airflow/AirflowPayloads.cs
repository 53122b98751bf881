using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Bascule.Connectors.Platforms.Airflow;

internal sealed record TokenAnswer(string? AccessToken);

internal sealed record VersionAnswer(string? Version);

/// <param name="BundleVersion">The commit that was parsed last. Airflow 3 only, and there for bundles with versions.</param>
/// <param name="IsStale">Its file is gone. Airflow 3 only.</param>
/// <param name="IsActive">The opposite, in Airflow 2.</param>
/// <param name="FileToken">By which Airflow 2 shows the file.</param>
internal sealed record DagRow(
    string? DagId,
    string? BundleName,
    string? BundleVersion,
    DateTimeOffset? LastParsedTime,
    bool? HasImportErrors,
    bool? IsStale,
    bool? IsActive,
    bool? IsPaused,
    string? FileToken
)
{
    public bool IsGone => IsStale == true || IsActive == false;
}

internal sealed record SourceAnswer(string? Content);

internal sealed record ImportErrorPage(IReadOnlyList<ImportErrorRow>? ImportErrors, long? TotalEntries);

/// <param name="Filename">Below the bundle in Airflow 3, absolute in Airflow 2.</param>
internal sealed record ImportErrorRow(
    string? Filename,
    string? BundleName,
    string? StackTrace,
    DateTimeOffset? Timestamp
);

/// <param name="BundleVersion">The commit that the run is pinned to. Airflow 3 only, and there for bundles with versions.</param>
internal sealed record RunRow(
    string? DagRunId,
    string? State,
    JsonObject? Conf,
    string? BundleVersion,
    DateTimeOffset? StartDate,
    DateTimeOffset? EndDate
);

internal sealed record TaskPage(IReadOnlyList<TaskRow>? TaskInstances, long? TotalEntries);

internal sealed record TaskRow(string? TaskId, string? State, int? TryNumber, int? MapIndex);

/// <param name="Content">Lines or structured lines in Airflow 3.</param>
internal sealed record LogAnswer(IReadOnlyList<JsonElement>? Content);

/// <param name="Detail">A text, an object with a reason, or a list of what is wrong where.</param>
internal sealed record RefusalAnswer(string? Title, JsonElement Detail);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(VersionAnswer))]
[JsonSerializable(typeof(DagRow))]
[JsonSerializable(typeof(SourceAnswer))]
[JsonSerializable(typeof(ImportErrorPage))]
[JsonSerializable(typeof(RunRow))]
[JsonSerializable(typeof(TaskPage))]
[JsonSerializable(typeof(LogAnswer))]
[JsonSerializable(typeof(RefusalAnswer))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class AirflowJson : JsonSerializerContext;
