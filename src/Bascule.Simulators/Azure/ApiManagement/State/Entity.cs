using System.Text.Json.Nodes;

namespace Bascule.Simulators.Azure.ApiManagement.State;

/// <summary>What is kept of one entity.</summary>
/// <param name="Path">Below the service; of an API always with its revision.</param>
/// <param name="Properties">As they were written, secrets included.</param>
/// <param name="ETag">With its quotes.</param>
internal sealed record Entity(
    EntityKind Kind,
    string Path,
    JsonObject Properties,
    string ETag,
    DateTimeOffset Created,
    DateTimeOffset Updated
)
{
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    public string? Text(string property) => (string?)Properties[property];
}
