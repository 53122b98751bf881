using System.Text.RegularExpressions;

namespace Bascule.Simulators.Airflow.Bundle;

/// <summary>
/// What the parser makes of one file. Python is not run: ids are found by their text, and comments say what would go wrong:
/// <c># simulator: import error NAME</c> for the file, <c># simulator: fails TASK</c> for a task.
/// </summary>
internal sealed partial record DagFile(
    string Path,
    string Text,
    IReadOnlyList<string> DagIds,
    IReadOnlyList<TaskPlan> Tasks,
    string? ImportError
)
{
    public static DagFile Parse(string path, string text)
    {
        var fails = Failing().Matches(text).Select(m => m.Groups["id"].Value).ToHashSet();
        var dags = Dag().Matches(text).Concat(Decorated().Matches(text)).Select(m => m.Groups["id"].Value).Distinct();
        var tasks = Task().Matches(text).Concat(DecoratedTask().Matches(text)).OrderBy(m => m.Index);
        return new(
            path,
            text,
            [.. dags],
            [.. tasks.Select(m => m.Groups["id"].Value).Distinct().Select(id => new TaskPlan(id, fails.Contains(id)))],
            Broken().Match(text) is { Success: true } broken ? broken.Groups["words"].Value.Trim() : null
        );
    }

    /// <summary>What Airflow 3 compares to tell whether a DAG's structure changed.</summary>
    public string Structure => string.Join(',', Tasks.Select(task => task.Id));

    [GeneratedRegex("""\bDAG\(\s*(?:dag_id\s*=\s*)?["'](?<id>[^"']+)["']""")]
    private static partial Regex Dag();

    [GeneratedRegex(@"^@dag\b.*\r?\n(?:@.*\r?\n)*def (?<id>\w+)", RegexOptions.Multiline)]
    private static partial Regex Decorated();

    [GeneratedRegex("""\btask_id\s*=\s*["'](?<id>[^"']+)["']""")]
    private static partial Regex Task();

    [GeneratedRegex(@"^\s*@task\b.*\r?\n\s*def (?<id>\w+)", RegexOptions.Multiline)]
    private static partial Regex DecoratedTask();

    [GeneratedRegex(@"^# simulator: import error (?<words>.*)$", RegexOptions.Multiline)]
    private static partial Regex Broken();

    [GeneratedRegex(@"^# simulator: fails (?<id>\S+)\s*$", RegexOptions.Multiline)]
    private static partial Regex Failing();
}

internal sealed record TaskPlan(string Id, bool Fails);
