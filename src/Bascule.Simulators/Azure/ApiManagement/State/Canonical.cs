using System.Text.Json.Nodes;

namespace Bascule.Simulators.Azure.ApiManagement.State;

/// <summary>JSON whose names are sorted, so that equal values are equal texts.</summary>
internal static class Canonical
{
    public static string Text(JsonObject map) => Sorted(map)!.ToJsonString();

    private static JsonNode? Sorted(JsonNode? node) =>
        node switch
        {
            JsonObject map => new JsonObject(
                map.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                    .Select(pair => KeyValuePair.Create(pair.Key, Sorted(pair.Value)))
            ),
            JsonArray list => new JsonArray([.. list.Select(Sorted)]),
            JsonValue value => value.DeepClone(),
            _ => null,
        };
}
