using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Bascule.Simulators.Databricks.Access;

namespace Bascule.Simulators.Databricks.Jobs;

/// <summary>Which tasks a workspace takes; the field table has looked at names and types before.</summary>
internal sealed partial class TaskCheck(ComputeCatalog compute, Principals principals, GitRemotes remotes)
{
    private const int MostTasks = 100;
    private static readonly string[] Computes =
    [
        "existing_cluster_id",
        "new_cluster",
        "job_cluster_key",
        "environment_key",
    ];
    private const int LargestParameters = 10_000; // bytes of JSON

    /// <returns>What is wrong, or null.</returns>
    public string? Fault(JsonObject settings)
    {
        var tasks = Objects(settings, "tasks");
        if (tasks.Count is 0 or > MostTasks)
            return $"A run has 1 to {MostTasks} tasks.";
        if (remotes.Fault(settings) is { } remoteFault)
            return remoteFault;
        if (settings["run_as"] is JsonObject runAs && RunAsFault(runAs) is { } runAsFault)
            return runAsFault;
        var keys = tasks.Select(t => Text(t, "task_key")!).ToList();
        if (keys.FirstOrDefault(k => !TaskKey().IsMatch(k)) is { } odd)
            return $"task_key '{odd}' must be 1 to 100 of letters, digits, '_' and '-'.";
        if (keys.Distinct().Count() != keys.Count)
            return "task_key must be unique.";
        if (tasks.Prepend(settings).Any(t => t["timeout_seconds"]?.GetValue<long>() < 0))
            return "timeout_seconds must not be negative.";
        var environments = Objects(settings, "environments");
        var clusters = Objects(settings, "job_clusters");
        return environments.Select(EnvironmentFault).FirstOrDefault(f => f is not null)
            ?? OrderFault(tasks)
            ?? tasks.Select(t => TaskFault(t, environments, clusters)).FirstOrDefault(f => f is not null);
    }

    private string? RunAsFault(JsonObject runAs) =>
        Text(runAs, "service_principal_name") is { } name && principals.Find(name) is null
            ? $"run_as: service principal '{name}' does not exist."
            : null;

    private static string? EnvironmentFault(JsonObject environment)
    {
        if (environment["spec"] is not JsonObject spec)
            return $"Environment '{Text(environment, "environment_key")}' has no spec.";
        if (Text(spec, "environment_version") is { } version && !version.All(char.IsAsciiDigit))
            return $"environment_version '{version}' must be an integer.";
        return spec["environment_version"] is null && spec["client"] is null && spec["base_environment"] is null
            ? $"Environment '{Text(environment, "environment_key")}' needs environment_version or base_environment."
            : null;
    }

    private string? TaskFault(JsonObject task, List<JsonObject> environments, List<JsonObject> clusters)
    {
        var key = Text(task, "task_key");
        var kinds = task.Where(f => f.Key.EndsWith("_task", StringComparison.Ordinal) && f.Value is not null).ToList();
        if (kinds.Count != 1)
            return $"Task '{key}' must have exactly one kind of task.";
        if (kinds[0] is not { Key: "spark_python_task" or "notebook_task", Value: JsonObject program })
            return $"Task '{key}': the simulator runs spark_python_task and notebook_task only.";
        if (Text(program, "source") == "GIT")
            return $"Task '{key}': the simulator runs files of the workspace only; use source WORKSPACE.";
        return PathFault(key, program)
            ?? ParametersFault(key, program)
            ?? ComputeFault(key, task, environments, clusters);
    }

    private static string? PathFault(string? key, JsonObject program)
    {
        var path = Text(program, "python_file") ?? Text(program, "notebook_path") ?? "";
        return path.StartsWith('/') ? null : $"Task '{key}': '{path}' must be an absolute workspace path.";
    }

    private static string? ParametersFault(string? key, JsonObject program)
    {
        var json = (program["parameters"] ?? program["base_parameters"])?.ToJsonString() ?? "";
        return Encoding.UTF8.GetByteCount(json) > LargestParameters
            ? $"Task '{key}': parameters exceed {LargestParameters} bytes."
            : null;
    }

    private string? ComputeFault(string? key, JsonObject task, List<JsonObject> environments, List<JsonObject> clusters)
    {
        var named = Computes.Where(c => task[c] is not null).ToList();
        if (named.Count > 1)
            return $"Task '{key}': {string.Join(" and ", named)} exclude each other.";
        return named.FirstOrDefault() switch
        {
            null when task["spark_python_task"] is not null =>
                $"Task '{key}': environment_key is required for a serverless spark_python_task.",
            null => null,
            "environment_key" => environments.Any(e => Text(e, "environment_key") == Text(task, "environment_key"))
                ? null
                : $"Task '{key}': environment_key '{Text(task, "environment_key")}' is not in environments.",
            "job_cluster_key" => clusters.FirstOrDefault(c =>
                Text(c, "job_cluster_key") == Text(task, "job_cluster_key")
            )
                is { } cluster
                ? compute.Fault(cluster["new_cluster"] as JsonObject ?? [])
                : $"Task '{key}': job_cluster_key '{Text(task, "job_cluster_key")}' is not in job_clusters.",
            "existing_cluster_id" => compute.HasCluster(Text(task, "existing_cluster_id")!)
                ? null
                : $"Cluster {Text(task, "existing_cluster_id")} does not exist",
            _ => compute.Fault(task["new_cluster"]!.AsObject()),
        };
    }

    // A task may name only tasks, and going round in a circle never ends.
    private static string? OrderFault(List<JsonObject> tasks)
    {
        var open = tasks.ToDictionary(
            t => Text(t, "task_key")!,
            t => Objects(t, "depends_on").Select(d => Text(d, "task_key")!).ToList()
        );
        foreach (var (key, upstream) in open)
            if (upstream.FirstOrDefault(u => !open.ContainsKey(u)) is { } unknown)
                return $"Task '{key}' depends on unknown task '{unknown}'.";
        while (open.FirstOrDefault(t => t.Value.All(u => !open.ContainsKey(u))) is { Key: { } next })
            open.Remove(next);
        return open.Count == 0 ? null : $"Tasks {string.Join(", ", open.Keys)} depend on each other.";
    }

    private static List<JsonObject> Objects(JsonObject json, string name) =>
        [.. (json[name] as JsonArray ?? []).OfType<JsonObject>()];

    private static string? Text(JsonObject json, string name) => json[name]?.GetValue<string>();

    [GeneratedRegex("^[A-Za-z0-9_-]{1,100}\\z", RegexOptions.None, 1000)]
    private static partial Regex TaskKey();
}
