using System.Text.Json.Nodes;

namespace Bascule.Simulators.Mlflow;

internal sealed class Experiment(string id, string name, long createdAt, Dictionary<string, string> tags)
{
    public required string ArtifactLocation { get; init; }

    public string Id => id;
    public string Name => name;
    public long CreatedAt { get; } = createdAt;
    public long UpdatedAt { get; set; } = createdAt;
    public bool IsDeleted { get; set; }
    public Dictionary<string, string> Tags => tags;

    public JsonObject ToJson() =>
        new()
        {
            ["experiment_id"] = Id,
            ["name"] = Name,
            ["artifact_location"] = ArtifactLocation,
            ["lifecycle_stage"] = IsDeleted ? "deleted" : "active",
            ["creation_time"] = CreatedAt,
            ["last_update_time"] = UpdatedAt,
            ["tags"] = TrackedRun.Pairs(Tags),
        };
}
