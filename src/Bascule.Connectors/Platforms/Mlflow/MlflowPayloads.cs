using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bascule.Connectors.Platforms.Mlflow;

internal sealed record MlflowRuns(IReadOnlyList<MlflowRun>? Runs);

internal sealed record MlflowRun(MlflowRunInfo? Info, MlflowRunData? Data);

internal sealed record MlflowRunInfo(string? RunId, string? LifecycleStage, long? StartTime)
{
    public string? RunName { get; init; }
    public string? UserId { get; init; }
    public string? Status { get; init; }
    public string? ExperimentId { get; init; }
}

internal sealed record MlflowRunAnswer(MlflowRun? Run);

/// <param name="Metrics">The last value of each.</param>
internal sealed record MlflowRunData(IReadOnlyList<MlflowMetric>? Metrics, IReadOnlyList<MlflowTag>? Tags);

/// <param name="Value">A number, or for NaN and Infinity a text.</param>
internal sealed record MlflowMetric(string? Key, JsonElement Value);

internal sealed record MlflowTag(string? Key, string? Value);

internal sealed record ExperimentAnswer(ExperimentRow? Experiment);

/// <param name="LastUpdateTime">Milliseconds since 1970.</param>
/// <param name="CreationTime">Milliseconds since 1970.</param>
internal sealed record ExperimentRow(string? ExperimentId, long? LastUpdateTime, long? CreationTime);

internal sealed record ModelVersions(
    [property: JsonPropertyName("model_versions")] IReadOnlyList<ModelVersionRow>? Rows,
    string? NextPageToken
);

/// <param name="Version">A number in Unity Catalog, a text in the workspace registry.</param>
internal sealed record ModelVersionRow(string? Name, JsonElement Version, string? RunId, string? Status);

/// <summary>What every tracking service answers alike.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ExperimentAnswer))]
[JsonSerializable(typeof(MlflowRunAnswer))]
[JsonSerializable(typeof(MlflowRuns))]
[JsonSerializable(typeof(ModelVersions))]
internal sealed partial class MlflowJson : JsonSerializerContext;
