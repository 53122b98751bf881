using Bascule.Simulators.Databricks.Wire;

namespace Bascule.Simulators.Databricks.Workspace;

/// <summary>On Databricks an experiment's name is a workspace path.</summary>
internal sealed class ExperimentPaths(WorkspaceTree tree)
{
    /// <returns>Null when a new experiment may have this name.</returns>
    public ApiReply? Refuse(string name)
    {
        if (!WorkspacePath.TryNormalize(name, out var path, out _) || path != name || path == "/")
            return ApiReply.Invalid(
                $"Got an invalid experiment name '{name}'. An experiment name must be an absolute path within the "
                    + "Databricks workspace, e.g. '/Users/<some-username>/my-experiment'."
            );
        if (!tree.IsDirectory(WorkspacePath.Parent(path)))
            return ApiReply.NotFound($"Workspace directory '{WorkspacePath.Parent(path)}' does not exist.");
        return tree.Find(path) is null
            ? null
            : ApiReply.Exists($"Node named '{name[(name.LastIndexOf('/') + 1)..]}' already exists");
    }
}
