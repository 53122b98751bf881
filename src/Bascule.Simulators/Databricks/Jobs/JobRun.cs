using System.Text.Json.Nodes;

namespace Bascule.Simulators.Databricks.Jobs;

/// <summary>One launched run, of a job or submitted once.</summary>
internal sealed class JobRun : IDisposable
{
    public required long RunId { get; init; }
    public required long JobId { get; init; }
    public required string Name { get; init; }
    public required string Type { get; init; }
    public required string Creator { get; init; }
    public required IReadOnlyList<TaskRun> Tasks { get; init; }
    public required long TimeoutSeconds { get; init; }
    public required long StartTime { get; init; }
    public Dictionary<string, string> Parameters { get; init; } = [];
    public JsonArray? ParametersJson { get; init; }
    public RunState State { get; set; } = RunState.Pending;
    public long EndTime { get; set; }

    /// <summary>Triggered when somebody cancels or deletes the run.</summary>
    public CancellationTokenSource Stop { get; } = new();

    public void Dispose() => Stop.Dispose();
}
