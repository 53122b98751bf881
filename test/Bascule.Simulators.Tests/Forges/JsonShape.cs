using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bascule.Simulators.Tests.Forges;

/// <summary>Tells how two JSON documents differ in names, order and types; values do not matter.</summary>
internal static class JsonShape
{
    /// <param name="recorded">What a real server sent.</param>
    /// <param name="simulated">What the simulator sent.</param>
    /// <param name="silent">Paths where only one side has a value, with the reason beside them in the test.</param>
    public static IReadOnlyList<string> Differences(JsonNode? recorded, JsonNode? simulated, params string[] silent)
    {
        List<string> found = [];
        Compare("", recorded, simulated, found);
        return [.. found.Where(f => !silent.Contains(f.Split(':')[0]))];
    }

    private static void Compare(string path, JsonNode? recorded, JsonNode? simulated, List<string> found)
    {
        var (left, right) = (Kind(recorded), Kind(simulated));
        if (left != right)
        {
            found.Add($"{path}: recorded {left}, simulated {right}");
        }
        else if (recorded is JsonObject before && simulated is JsonObject after)
        {
            CompareObjects(path, before, after, found);
        }
        else if (recorded is JsonArray olds && simulated is JsonArray news)
        {
            CompareArrays(path, olds, news, found);
        }
    }

    private static void CompareObjects(string path, JsonObject recorded, JsonObject simulated, List<string> found)
    {
        var (names, others) = (recorded.Select(p => p.Key).ToList(), simulated.Select(p => p.Key).ToList());
        if (!names.SequenceEqual(others))
        {
            var missing = string.Join(',', names.Except(others));
            var extra = string.Join(',', others.Except(names));
            found.Add($"{path}: fields differ, missing [{missing}], extra [{extra}] or another order");
        }

        foreach (var name in names.Intersect(others))
        {
            Compare($"{path}/{name}", recorded[name], simulated[name], found);
        }
    }

    private static void CompareArrays(string path, JsonArray recorded, JsonArray simulated, List<string> found)
    {
        // A list of names (paths, events, contexts) may be empty on one day and full on another.
        var areNames = recorded.Concat(simulated).All(i => Kind(i) == "String");
        if (recorded.Count == 0 != (simulated.Count == 0) && !areNames)
        {
            found.Add($"{path}: recorded {recorded.Count} items, simulated {simulated.Count}");
        }

        foreach (var item in recorded.Count == 0 ? [] : simulated)
        {
            Compare(path + "[]", recorded[0], item, found);
        }
    }

    private static string Kind(JsonNode? node) =>
        node?.GetValueKind() switch
        {
            null or JsonValueKind.Null => "null",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            { } kind => kind.ToString(),
        };
}
