using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.ApiManagement.Source;

/// <summary>
/// Lays values of YAML over JSON. A plain scalar becomes what the value below it is; where there is none, <c>true</c>, <c>false</c> and whole numbers are what they are in JSON,
/// and everything else is a text: <c>no</c>, <c>010</c> and <c>1.10</c> stay themselves.
/// </summary>
internal sealed class ValueMerge(ICollection<SettingProblem> problems)
{
    private const long LargestInteger = 1L << 53;

    /// <param name="path">Of <paramref name="over"/> in its file.</param>
    public JsonObject Over(JsonObject below, SettingMap over, string path)
    {
        var merged = (JsonObject)below.DeepClone();
        foreach (var entry in over.Entries)
            merged[entry.Key] = Over(merged[entry.Key], entry.Value, $"{path}.{entry.Key}");
        return merged;
    }

    private JsonNode? Over(JsonNode? below, SettingNode over, string path) =>
        over switch
        {
            SettingMap map => Over(below as JsonObject ?? [], map, path),
            SettingList list => new JsonArray([.. list.Items.Select(item => Over(null, item, path))]),
            SettingScalar scalar => Scalar(below, scalar, path),
            _ => null,
        };

    private JsonNode? Scalar(JsonNode? below, SettingScalar scalar, string path)
    {
        if (scalar.IsNull)
            return Refuse(scalar, path, "has no value", "write one, or remove the key");
        var kind = below?.GetValueKind() ?? JsonValueKind.Undefined;
        if (scalar.Quoted || kind is JsonValueKind.String)
            return kind is JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.String
                ? JsonValue.Create(scalar.Text)
                : Refuse(scalar, path, $"is a text over {WordOf(kind)}", "write it as the file has it");
        JsonNode value = scalar.Text switch
        {
            "true" => true,
            "false" => false,
            _ when IsWhole(scalar.Text, out var whole) => whole,
            _ => scalar.Text,
        };
        var own = value.GetValueKind();
        var isAlike =
            kind is JsonValueKind.Undefined or JsonValueKind.Null
            || kind == own
            || (kind, own) is (JsonValueKind.True, JsonValueKind.False) or (JsonValueKind.False, JsonValueKind.True);
        return isAlike ? value : Refuse(scalar, path, $"stands over {WordOf(kind)}", "write it as the file has it");
    }

    private JsonNode? Refuse(SettingScalar scalar, string path, string message, string remedy)
    {
        problems.Add(new SettingProblem(scalar.Location, path, message, remedy));
        return null;
    }

    private static bool IsWhole(string text, out long whole) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out whole)
        && whole is >= -LargestInteger and <= LargestInteger
        && whole.ToString(CultureInfo.InvariantCulture) == text;

    private static string WordOf(JsonValueKind kind) =>
        kind switch
        {
            JsonValueKind.True or JsonValueKind.False => "true or false",
            JsonValueKind.Number => "a number",
            JsonValueKind.Array => "a list",
            _ => "an object",
        };
}
