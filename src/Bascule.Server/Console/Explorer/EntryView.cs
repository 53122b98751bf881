using System.Globalization;
using System.Text.Json;
using Bascule.Core.Audit;
using Bascule.Core.Audit.Log;

namespace Bascule.Server.Console.Explorer;

/// <summary>An entry of the audit log, taken apart for people. What is missing in it, or is no JSON, stays empty: a damaged entry is shown too.</summary>
/// <param name="Index">Its place in the audit log, through all epochs.</param>
/// <param name="Log">Which log holds it; null before the first was opened.</param>
public sealed record EntryView(long Index, StoredLog? Log)
{
    public string Id { get; private init; } = "";

    public DateTimeOffset? At { get; private init; }

    public string Type { get; private init; } = "";

    public string Actor { get; private init; } = "";

    /// <summary>Since when it waited for the log, as it is written; null for one that did not wait.</summary>
    public string? SpooledAt { get; private init; }

    public IReadOnlyList<EntryField> Links { get; private init; } = [];

    /// <summary>Null where nothing was decided.</summary>
    public AuditDecision? Decision { get; private init; }

    public IReadOnlyList<EntryField> Facts { get; private init; } = [];

    /// <summary>Which leaf of its log it is: what a proof is asked for by.</summary>
    public long Leaf => Index - (Log?.FirstEntry ?? 0);

    /// <param name="logs">The newest first.</param>
    public static EntryView Of(AuditRecord record, IReadOnlyList<StoredLog> logs)
    {
        var view = new EntryView(record.Index, logs.FirstOrDefault(log => log.FirstEntry <= record.Index));
        try
        {
            using var entry = JsonDocument.Parse(record.Entry);
            return entry.RootElement.ValueKind == JsonValueKind.Object ? view.Read(entry.RootElement) : view;
        }
        catch (JsonException)
        {
            return view;
        }
    }

    public string? LinkOf(string name) => Links.FirstOrDefault(link => link.Name == name)?.Value;

    private EntryView Read(JsonElement entry) =>
        this with
        {
            Id = Text(entry, "id"),
            At = DateTimeOffset.TryParse(
                Text(entry, "time"),
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var at
            )
                ? at
                : null,
            Type = Text(entry, "type"),
            Actor = Text(entry, "actor"),
            SpooledAt = Text(entry, "spooled_at") is { Length: > 0 } since ? since : null,
            Links = entry.TryGetProperty("links", out var links) ? EntryField.Of(links) : [],
            Decision = entry.TryGetProperty("decision", out var decision) ? Decide(decision) : null,
            Facts = entry.TryGetProperty("facts", out var facts) ? EntryField.Of(facts) : [],
        };

    private static AuditDecision? Decide(JsonElement decision) =>
        decision.ValueKind == JsonValueKind.Object
            ? new AuditDecision(
                decision.TryGetProperty("allow", out var allow) && allow.ValueKind == JsonValueKind.True,
                Text(decision, "rule"),
                Text(decision, "reason")
            )
            : null;

    private static string Text(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}

/// <param name="Name">Of a fact within a fact with a dot: <c>details.attempt</c>.</param>
public sealed record EntryField(string Name, string Value)
{
    private const int MostFields = 200;

    internal static IReadOnlyList<EntryField> Of(JsonElement map) =>
        map.ValueKind == JsonValueKind.Object ? [.. Flat("", map).Take(MostFields)] : [];

    private static IEnumerable<EntryField> Flat(string prefix, JsonElement map) =>
        map.EnumerateObject()
            .SelectMany(one =>
                one.Value.ValueKind == JsonValueKind.Object
                    ? Flat($"{prefix}{one.Name}.", one.Value)
                    : [new EntryField($"{prefix}{one.Name}", Text(one.Value))]
            );

    private static string Text(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()!
        : IsList(value) ? string.Join(", ", value.EnumerateArray().Select(one => one.GetString()))
        : value.GetRawText();

    private static bool IsList(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array
        && value.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String);
}
