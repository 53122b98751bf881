using System.Text.Json;
using System.Text.Json.Serialization;
using Bascule.Connectors.Platforms.Mlflow;

namespace Bascule.Connectors.Platforms.Databricks;

internal sealed record TokenAnswer(string? AccessToken, string? TokenType, long? ExpiresIn);

internal sealed record TokenRefusal(string? Error, string? ErrorDescription);

internal sealed record Identity(string? UserName, string? DisplayName);

/// <param name="ObjectType">DIRECTORY, FILE, NOTEBOOK, …</param>
/// <param name="Size">Bytes; files only.</param>
/// <param name="ModifiedAt">Milliseconds since 1970; files only.</param>
internal sealed record WorkspaceObject(string? Path, string? ObjectType, long? Size, long? ModifiedAt)
{
    public string Name => WorkspacePath.Name(Path ?? "");
    public bool IsDirectory => ObjectType == "DIRECTORY";
    public bool IsFile => ObjectType == "FILE";
}

internal sealed record WorkspaceListing(IReadOnlyList<WorkspaceObject>? Objects);

internal sealed record ExportAnswer(string? Content);

/// <summary>The version that an alias of Unity Catalog leads to, as far as it matters.</summary>
internal sealed record AliasedVersion(long? Version);

internal sealed record Launched(long? RunId);

internal sealed record JobAnswer(JobSettings? Settings);

internal sealed record JobSettings(IReadOnlyList<JobParameter>? Parameters);

internal sealed record JobParameter(string? Name);

/// <summary>A job as lists and <c>jobs/get</c> show it, as far as it tells where its runs come from.</summary>
internal sealed record JobRow(long? JobId, JobRowSettings? Settings);

internal sealed record JobRowSettings(string? Name, IReadOnlyDictionary<string, string?>? Tags);

internal sealed record JobRows(IReadOnlyList<JobRow>? Jobs, string? NextPageToken);

internal sealed record JobRunRows(IReadOnlyList<JobRun>? Runs, string? NextPageToken);

internal sealed record JobRun
{
    public long? RunId { get; init; }
    public long? JobId { get; init; }
    public string? CreatorUserName { get; init; }
    public JobGitSource? GitSource { get; init; }
    public IReadOnlyList<JobRunParameter>? JobParameters { get; init; }
    public string? RunPageUrl { get; init; }

    /// <summary>Milliseconds since 1970; 0 or null when not started.</summary>
    public long? StartTime { get; init; }

    /// <summary>Milliseconds since 1970; 0 or null when not ended.</summary>
    public long? EndTime { get; init; }

    public RunStatus? Status { get; init; }
    public LegacyState? State { get; init; }
    public IReadOnlyList<TaskRun>? Tasks { get; init; }
}

/// <param name="GitSnapshot">What the platform found there when the run began.</param>
internal sealed record JobGitSource(string? GitUrl, string? GitCommit, JobGitSnapshot? GitSnapshot);

internal sealed record JobGitSnapshot(string? UsedCommit);

internal sealed record JobRunParameter(string? Name, string? Value);

internal sealed record TaskRun(long? RunId, string? TaskKey, int? AttemptNumber);

internal sealed record RunStatus(string? State, TerminationDetails? TerminationDetails, QueueDetails? QueueDetails);

internal sealed record TerminationDetails(string? Code, string? Type, string? Message);

internal sealed record QueueDetails(string? Code, string? Message);

internal sealed record LegacyState(string? LifeCycleState, string? ResultState, string? StateMessage);

internal sealed record RunOutput(string? Error, string? ErrorTrace, string? Logs, NotebookOutput? NotebookOutput);

internal sealed record NotebookOutput(string? Result);

internal sealed record RunPage(bool? HasMore, string? NextPageToken);

internal sealed record ExperimentRows(IReadOnlyList<ExperimentRow>? Experiments, string? NextPageToken);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(TokenRefusal))]
[JsonSerializable(typeof(WorkspaceListing))]
[JsonSerializable(typeof(WorkspaceObject))]
[JsonSerializable(typeof(ExportAnswer))]
[JsonSerializable(typeof(AliasedVersion))]
[JsonSerializable(typeof(Launched))]
[JsonSerializable(typeof(JobAnswer))]
[JsonSerializable(typeof(JobRun))]
[JsonSerializable(typeof(JobRow))]
[JsonSerializable(typeof(JobRows))]
[JsonSerializable(typeof(JobRunRows))]
[JsonSerializable(typeof(RunOutput))]
[JsonSerializable(typeof(RunPage))]
[JsonSerializable(typeof(ExperimentRows))]
[JsonSerializable(typeof(MlflowRuns))]
[JsonSerializable(typeof(MlflowRunAnswer))]
[JsonSerializable(typeof(ModelVersions))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(System.Text.Json.Nodes.JsonObject))]
internal sealed partial class DatabricksJson : JsonSerializerContext;

/// <summary>SCIM writes its names in camel case.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Identity))]
internal sealed partial class ScimJson : JsonSerializerContext;
