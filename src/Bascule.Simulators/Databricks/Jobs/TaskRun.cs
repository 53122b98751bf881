using System.Text.Json.Nodes;

namespace Bascule.Simulators.Databricks.Jobs;

/// <summary>One task of one run, with what it printed.</summary>
internal sealed class TaskRun(long runId, JsonObject spec, int attempt = 0)
{
    public long RunId => runId;
    public JsonObject Spec => spec;
    public int Attempt => attempt;
    public string Key => spec["task_key"]!.GetValue<string>();
    public RunState State { get; set; } = RunState.Pending;
    public TaskOutput Output { get; set; } = TaskOutput.None;
    public long StartTime { get; set; }
    public long EndTime { get; set; }

    public IReadOnlyList<string> DependsOn =>
        [.. (spec["depends_on"] as JsonArray ?? []).Select(d => d!["task_key"]!.GetValue<string>())];
}

/// <summary>What a finished task left behind.</summary>
internal sealed record TaskOutput(string Logs, bool LogsTruncated, string? Error, string? Trace, string? NotebookResult)
{
    public static readonly TaskOutput None = new("", false, null, null, null);
}
