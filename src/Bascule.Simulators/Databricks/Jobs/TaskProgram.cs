using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Bascule.Simulators.Databricks.Workspace;

namespace Bascule.Simulators.Databricks.Jobs;

/// <summary>What to run for a task, or why it cannot be run.</summary>
internal sealed record TaskProgram(string File, IReadOnlyList<string> Arguments, Dictionary<string, string>? Widgets)
{
    public static bool TryFind(
        WorkspaceTree tree,
        JobRun run,
        TaskRun task,
        [NotNullWhen(true)] out TaskProgram? program,
        [NotNullWhen(false)] out RunState? refusal
    )
    {
        program = null;
        var notebook = task.Spec["notebook_task"] as JsonObject;
        var spec = notebook ?? task.Spec["spark_python_task"]!.AsObject();
        var path = spec[notebook is null ? "python_file" : "notebook_path"]!.GetValue<string>();
        refusal = !WorkspacePath.TryNormalize(path, out var normal, out _)
            ? Missing(path)
            : Fault(tree.Find(normal), path, notebook is not null);
        if (refusal is null)
            program = Describe(tree.OnDisk(normal!), run, task, spec, notebook is not null);
        return program is not null;
    }

    private static RunState? Fault(WorkspaceObject? found, string path, bool wantsNotebook)
    {
        if (found is null || found.IsDirectory || found.Kind == "NOTEBOOK" != wantsNotebook)
            return Missing(path);
        return wantsNotebook && found.Language != "PYTHON"
            ? RunState.NotRunnable("INVALID_RUN_CONFIGURATION", "The simulator runs Python notebooks only.")
            : null;
    }

    private static TaskProgram Describe(string file, JobRun run, TaskRun task, JsonObject spec, bool isNotebook)
    {
        if (!isNotebook)
        {
            var given = (spec["parameters"] as JsonArray ?? []).Select(p => p!.GetValue<string>());
            return new(file, [.. given.Select(p => References.Resolve(p, run, task))], null);
        }
        var widgets = new Dictionary<string, string>(run.Parameters);
        foreach (var (name, value) in spec["base_parameters"] as JsonObject ?? [])
            widgets.TryAdd(name, References.Resolve(value!.GetValue<string>(), run, task));
        return new(file, [], widgets);
    }

    private static RunState Missing(string path) =>
        RunState.NotRunnable(
            "RESOURCE_NOT_FOUND",
            $"Unable to access '{path}': it does not exist or is of another kind."
        );
}
