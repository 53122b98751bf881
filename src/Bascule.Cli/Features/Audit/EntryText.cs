using System.Globalization;
using System.Text.Json;
using Bascule.Core.Api;
using Bascule.Core.Text;

namespace Bascule.Cli.Features.Audit;

/// <summary>Entries as people read them in a terminal, one a line; what others wrote into them is shown as plain text (THREATS T113).</summary>
internal static class EntryText
{
    private const int LongestPart = 200;
    private const int LongestFacts = 300;

    public static string List(AuditEntryList list) =>
        list.Entries.Count == 0
            ? "No such entries."
            : string.Join('\n', [.. list.Entries.Select(Line), .. Next(list.Next)]);

    private static IEnumerable<string> Next(long? next) =>
        next is null ? [] : [string.Create(CultureInfo.InvariantCulture, $"Older ones: --before {next}")];

    private static string Line(AuditEntryRecord record)
    {
        var entry = record.Entry;
        string[] parts =
        [
            string.Create(CultureInfo.InvariantCulture, $"{record.Leaf, -8}"),
            Text(entry, "time"),
            Text(entry, "type"),
            Text(entry, "actor"),
            Decision(entry),
            Map(entry, "links", LongestPart),
            Map(entry, "facts", LongestFacts),
        ];
        return string.Join("  ", parts.Where(part => part.Length > 0));
    }

    private static string Decision(JsonElement entry)
    {
        if (!entry.TryGetProperty("decision", out var decision) || decision.ValueKind != JsonValueKind.Object)
            return "";
        var allows = decision.TryGetProperty("allow", out var allow) && allow.ValueKind == JsonValueKind.True;
        return $"{(allows ? "allowed" : "denied")} by {Text(decision, "rule")}: {Text(decision, "reason")}";
    }

    private static string Map(JsonElement entry, string name, int longest) =>
        entry.TryGetProperty(name, out var map) && map.ValueKind == JsonValueKind.Object
            ? PlainText.Line(
                string.Join(' ', map.EnumerateObject().Select(one => $"{one.Name}={one.Value.ToString()}")),
                longest
            )
            : "";

    private static string Text(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? PlainText.Line(value.GetString(), LongestPart)
            : "";
}
