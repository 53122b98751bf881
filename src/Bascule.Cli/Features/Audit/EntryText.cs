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
            : string.Join('\n', [.. list.Entries.Select(record => Line(record, list.People)), .. Next(list.Next)]);

    private static IEnumerable<string> Next(long? next) =>
        next is null ? [] : [string.Create(CultureInfo.InvariantCulture, $"Older ones: --before {next}")];

    private static string Line(AuditEntryRecord record, IReadOnlyDictionary<string, string>? people)
    {
        var entry = record.Entry;
        string[] parts =
        [
            string.Create(CultureInfo.InvariantCulture, $"{record.Leaf, -8}"),
            Text(entry, "time"),
            Text(entry, "type"),
            Actor(Text(entry, "actor"), people),
            Decision(entry),
            Map(entry, "links", LongestPart),
            Map(entry, "facts", LongestFacts),
            Personal(record.Personal),
        ];
        return string.Join("  ", parts.Where(part => part.Length > 0));
    }

    /// <summary>With what the person is called now, where that is known.</summary>
    private static string Actor(string actor, IReadOnlyDictionary<string, string>? people) =>
        people?.GetValueOrDefault(actor[(actor.IndexOf(':', StringComparison.Ordinal) + 1)..]) is { } name
            ? $"{actor} {Bracketed(PlainText.Line(name, LongestPart))}"
            : actor;

    private static string Bracketed(string name) => name.StartsWith('(') ? name : $"({name})";

    private static string Personal(PersonalRecord? personal) =>
        personal?.Standing switch
        {
            null => "",
            "read" => $"{personal.Person} is {Who(personal)}",
            "erased" => $"{personal.Person} was erased",
            "differs" =>
                $"SOMEBODY ELSE NOW: when this was written {personal.Person} was {Who(personal)}; the list of people was changed since",
            _ => $"DAMAGED: who {personal.Person} is was changed, or moved here from another entry",
        };

    private static string Who(PersonalRecord personal)
    {
        string?[] parts =
        [
            personal.Name,
            personal.Email,
            personal.Issuer is null ? null : $"{personal.Issuer}#{personal.Subject}",
            personal.Login is null ? null : $"account {personal.Login} at {personal.Forge}",
        ];
        return PlainText.Line(string.Join(", ", parts.Where(part => part is not null)), LongestFacts);
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
