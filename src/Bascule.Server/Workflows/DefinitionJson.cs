using System.Text.Json.Nodes;
using Bascule.Core.Json;
using Bascule.Core.Settings;

namespace Bascule.Server.Workflows;

/// <summary>
/// A workflow's declaration as canonical JSON. Every scalar is a string, as it was written: no two valid declarations that differ only in
/// quotes mean different things, and nothing depends on how YAML types a word.
/// </summary>
internal static class DefinitionJson
{
    public static string Of(string name, SettingMap settings) =>
        CanonicalJson.ToText(new JsonObject { ["name"] = name, ["workflow"] = ToJson(settings) });

    private static JsonNode ToJson(SettingNode node) =>
        node switch
        {
            SettingMap map => new JsonObject(
                map.Entries.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)ToJson(entry.Value)))
            ),
            SettingList list => new JsonArray([.. list.Items.Select(ToJson)]),
            SettingScalar scalar => JsonValue.Create(scalar.Text),
            _ => throw new InvalidOperationException("a settings node of an unknown kind"),
        };
}
