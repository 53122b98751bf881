using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bascule.Simulators.Forges.Shapes;

/// <summary>JSON as Go's encoder writes it: field order kept, two-space indent, angle brackets and ampersand escaped.</summary>
internal static class GoJson
{
    /// <summary>What Go prints for a time that was never set.</summary>
    public const string NoTime = "0001-01-01T00:00:00Z";

    private static readonly JsonSerializerOptions Compact = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonSerializerOptions Indented = new(Compact) { WriteIndented = true, NewLine = "\n" };

    public static JsonObject Object(params (string Name, JsonNode? Value)[] fields)
    {
        var result = new JsonObject();
        foreach (var (name, value) in fields)
        {
            result.Add(name, value);
        }

        return result;
    }

    public static JsonArray Array(IEnumerable<JsonNode?> items) => new([.. items]);

    public static JsonArray Strings(IEnumerable<string> items) => new([.. items.Select(i => (JsonNode?)i)]);

    public static string Text(JsonNode node, bool indented)
    {
        // Only strings can hold these five characters: the relaxed encoder leaves them alone elsewhere.
        return node.ToJsonString(indented ? Indented : Compact)
            .Replace("<", "\\u003c", StringComparison.Ordinal)
            .Replace(">", "\\u003e", StringComparison.Ordinal)
            .Replace("&", "\\u0026", StringComparison.Ordinal)
            .Replace("\u2028", "\\u2028", StringComparison.Ordinal)
            .Replace("\u2029", "\\u2029", StringComparison.Ordinal);
    }

    /// <summary>RFC 3339 in UTC and whole seconds, as both databases hold it.</summary>
    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string? Time(DateTimeOffset? time) => time is { } known ? Time(known) : null;

    /// <summary>RFC 3339 with the offset that git recorded.</summary>
    public static string GitTime(DateTimeOffset time) =>
        time.Offset == TimeSpan.Zero
            ? Time(time)
            : time.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);
}
