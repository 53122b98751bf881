using System.Text.Json.Nodes;

namespace Bascule.Connectors.Platforms.ApiManagement.Comparing;

/// <summary>What a service says of a resource and takes from nobody: no change of anybody's, and left out when a resource is put back.</summary>
internal static class ReadOnlyMembers
{
    /// <summary>Marked <c>readOnly</c> in the descriptions of api-version 2024-05-01.</summary>
    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "createdDateTime",
        "isOnline",
        "lastStatus",
        "provisioningState",
        "updatedDateTime",
    };

    /// <summary>A copy.</summary>
    public static JsonObject Without(JsonObject properties)
    {
        var copy = new JsonObject();
        foreach (var (name, value) in properties)
            if (!Names.Contains(name))
                copy[name] = value is JsonObject map ? Without(map) : value?.DeepClone();
        return copy;
    }
}
