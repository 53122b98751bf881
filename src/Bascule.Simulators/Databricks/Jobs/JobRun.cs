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
    public required IReadOnlyList<TaskRun> Tasks { get; set; }
    public required long TimeoutSeconds { get; init; }
    public required long StartTime { get; init; }
    public Dictionary<string, string> Parameters { get; init; } = [];
    public JsonArray? ParametersJson { get; init; }

    /// <summary>With the commit that its branch or tag led to when the run began; null for a run without a Git source.</summary>
    public JsonObject? GitSource { get; init; }
    public RunState State { get; set; } = RunState.Pending;
    public long EndTime { get; set; }

    /// <summary>Oldest first; the original execution is none of them.</summary>
    public List<Repair> Repairs { get; } = [];

    /// <summary>Triggered when somebody cancels or deletes the run.</summary>
    public CancellationTokenSource Stop { get; private set; } = new();

    /// <summary>Call under the gate, and only for a run that has ended: it goes on with these tasks.</summary>
    public void Reopen(IReadOnlyList<TaskRun> tasks)
    {
        Stop.Dispose();
        (Stop, Tasks, State, EndTime) = (new(), tasks, RunState.Pending, 0);
    }

    public void Dispose() => Stop.Dispose();
}

/// <param name="StartTime">Milliseconds since 1970.</param>
internal sealed record Repair(long Id, long StartTime, IReadOnlyList<long> TaskRunIds);
