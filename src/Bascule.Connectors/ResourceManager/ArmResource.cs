using System.Text.Json.Nodes;

namespace Bascule.Connectors.ResourceManager;

/// <summary>A resource as it is there now.</summary>
/// <param name="Name">The last segment of its id.</param>
/// <param name="ETag">What a change must match; null in a list, which tells none.</param>
internal sealed record ArmResource(string Name, JsonObject Properties, string? ETag);
