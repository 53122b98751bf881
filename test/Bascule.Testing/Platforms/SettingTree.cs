using System.Text.Json.Nodes;
using Bascule.Core.Settings;

namespace Bascule.Testing.Platforms;

/// <summary>Settings written as JSON, for tests of those who read settings.</summary>
public static class SettingTree
{
    private static readonly SettingLocation Nowhere = new("test.yaml", 1, 1);

    /// <summary>A reader of the text, and the list that it reports into.</summary>
    public static (SettingReader Reader, List<SettingProblem> Problems) Read(string json)
    {
        var problems = new List<SettingProblem>();
        return (new SettingReader((SettingMap)Node(JsonNode.Parse(json)!), "", problems), problems);
    }

    private static SettingNode Node(JsonNode json) =>
        json switch
        {
            JsonObject map => new SettingMap(
                Nowhere,
                [.. map.Select(entry => new SettingEntry(entry.Key, Nowhere, Node(entry.Value!)))]
            ),
            JsonArray list => new SettingList(Nowhere, [.. list.Select(item => Node(item!))]),
            _ => new SettingScalar(
                Nowhere,
                json.GetValueKind() == System.Text.Json.JsonValueKind.String
                    ? json.GetValue<string>()
                    : json.ToJsonString(),
                json.GetValueKind() == System.Text.Json.JsonValueKind.String
            ),
        };
}
