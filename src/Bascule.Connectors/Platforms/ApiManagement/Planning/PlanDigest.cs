using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Bascule.Connectors.Platforms.ApiManagement.Planning;

/// <summary>
/// SHA-256 of JSON that others wrote: members in order, everything else as it was written. It is compared with itself alone, and takes numbers that canonical JSON
/// has no form for.
/// </summary>
internal static class PlanDigest
{
    public static string Of(JsonNode node) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sorted(node)!.ToJsonString())));

    private static JsonNode? Sorted(JsonNode? node) =>
        node switch
        {
            JsonObject map => new JsonObject(
                map.OrderBy(member => member.Key, StringComparer.Ordinal)
                    .Select(member => KeyValuePair.Create(member.Key, Sorted(member.Value)))
            ),
            JsonArray list => new JsonArray([.. list.Select(Sorted)]),
            null => null,
            _ => node.DeepClone(),
        };
}
