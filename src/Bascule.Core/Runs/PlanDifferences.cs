using System.Text.Json.Nodes;
using Bascule.Core.Json;
using Bascule.Core.Text;

namespace Bascule.Core.Runs;

/// <summary>Says in which members two plans differ.</summary>
public static class PlanDifferences
{
    private const int Most = 20;
    private const int LongestValue = 80;

    /// <summary>A line for each member, by its path, with both values; empty when the plans are the same. At most twenty.</summary>
    public static IReadOnlyList<string> Between(string recorded, string now)
    {
        var found = new List<string>();
        Compare(JsonNode.Parse(recorded), JsonNode.Parse(now), "", found);
        return found.Count <= Most ? found : [.. found.Take(Most), $"and {found.Count - Most} more"];
    }

    private static void Compare(JsonNode? recorded, JsonNode? now, string path, List<string> found)
    {
        if (recorded is JsonObject one && now is JsonObject other)
            CompareMembers(one, other, path, found);
        else if (recorded is JsonArray list && now is JsonArray others && list.Count == others.Count)
            for (var at = 0; at < list.Count; at++)
                Compare(list[at], others[at], $"{path}[{at}]", found);
        else if (CanonicalJson.ToText(recorded) != CanonicalJson.ToText(now))
            found.Add($"{path}: {Show(recorded)} in the plan, {Show(now)} now");
    }

    private static void CompareMembers(JsonObject recorded, JsonObject now, string path, List<string> found)
    {
        foreach (var name in recorded.Select(member => member.Key).Union(now.Select(member => member.Key)).Order())
        {
            var below = path.Length == 0 ? name : $"{path}.{name}";
            if (recorded.ContainsKey(name) && now.ContainsKey(name))
                Compare(recorded[name], now[name], below, found);
            else if (recorded.ContainsKey(name))
                found.Add($"{below}: {Show(recorded[name])} in the plan, absent now");
            else
                found.Add($"{below}: absent in the plan, {Show(now[name])} now");
        }
    }

    private static string Show(JsonNode? value) => PlainText.Line(CanonicalJson.ToText(value), LongestValue);
}
