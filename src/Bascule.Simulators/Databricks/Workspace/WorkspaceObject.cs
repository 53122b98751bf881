using System.Text.Json.Nodes;

namespace Bascule.Simulators.Databricks.Workspace;

/// <summary>What the workspace knows of a path; a file's content is on disk, where running tasks see it, as under Databricks' mount.</summary>
/// <param name="Kind">DIRECTORY, FILE or NOTEBOOK.</param>
internal sealed record WorkspaceObject(
    long Id,
    string Path,
    string Kind,
    string? Language,
    long CreatedAt,
    long ModifiedAt
)
{
    public bool IsDirectory => Kind == "DIRECTORY";

    public JsonObject ToJson(long? size) =>
        new()
        {
            ["object_id"] = Id,
            ["object_type"] = Kind,
            ["path"] = Path,
            ["language"] = Language,
            ["created_at"] = CreatedAt,
            ["modified_at"] = ModifiedAt,
            ["size"] = size,
        };
}
