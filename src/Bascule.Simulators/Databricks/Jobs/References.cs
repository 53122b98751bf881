using System.Globalization;
using System.Text.RegularExpressions;

namespace Bascule.Simulators.Databricks.Jobs;

/// <summary>Dynamic value references in parameters: those that a plain run knows; others stay as they are.</summary>
internal static partial class References
{
    private const string JobParameter = "job.parameters.";

    public static string Resolve(string text, JobRun run, TaskRun task) =>
        Reference().Replace(text, match => Value(match.Groups["name"].Value, run, task) ?? match.Value);

    private static string? Value(string name, JobRun run, TaskRun task) =>
        name switch
        {
            "job.id" => run.JobId.ToString(CultureInfo.InvariantCulture),
            "job.run_id" => run.RunId.ToString(CultureInfo.InvariantCulture),
            "job.name" => run.Name,
            "task.run_id" => task.RunId.ToString(CultureInfo.InvariantCulture),
            "task.name" => task.Key,
            _ => name.StartsWith(JobParameter, StringComparison.Ordinal)
                ? run.Parameters.GetValueOrDefault(name[JobParameter.Length..])
                : null,
        };

    [GeneratedRegex(@"\{\{\s*(?<name>[\w.]+)\s*\}\}", RegexOptions.None, 1000)]
    private static partial Regex Reference();
}
