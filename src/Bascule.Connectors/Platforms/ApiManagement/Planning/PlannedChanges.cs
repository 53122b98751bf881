using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.ApiManagement.Comparing;
using Bascule.Connectors.Platforms.ApiManagement.Resources;

namespace Bascule.Connectors.Platforms.ApiManagement.Planning;

/// <summary>What a stored plan says is to be done.</summary>
internal static class PlannedChanges
{
    /// <summary>Whether a comparison made now asks for exactly what was planned.</summary>
    public static bool AreThese(string? plan, ApimChangeSet now) =>
        Of(plan) is { } planned && JsonNode.DeepEquals(planned, ApimPlan.JsonOf(now));

    /// <summary>The addresses that it deletes.</summary>
    public static IReadOnlyList<ApimAddress> Deletions(string? plan) =>
        Of(plan) is { } planned
            ?
            [
                .. planned["changes"]!
                    .AsArray()
                    .Where(change => (string?)change!["action"] == "delete")
                    .Select(change => ApimAddress.Parse((string)change!["path"]!))
                    .OfType<ApimAddress>(),
            ]
            : [];

    private static JsonObject? Of(string? plan)
    {
        try
        {
            return JsonNode.Parse(plan ?? "null") is JsonObject read && read["changes"] is JsonArray changes
                ? new JsonObject { ["changes"] = changes.DeepClone(), ["revisions"] = read["revisions"]?.DeepClone() }
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
