using System.Globalization;
using System.Text.Json;
using Bascule.Core.Audit;

namespace Bascule.Core.Evidence;

/// <summary>One entry as the tables read it. Its bytes are those of the log.</summary>
/// <param name="log">The number of the log that it stands in.</param>
internal sealed class EvidenceEntry(int log, long index, ReadOnlyMemory<byte> bytes) : IDisposable
{
    private readonly JsonDocument _json = JsonDocument.Parse(bytes);
    private DateTimeOffset? _time;

    public int Log => log;

    public long Index => index;

    public string Type => Text("type");

    /// <summary>On whose behalf: <c>person:p-…</c>.</summary>
    public string Actor => Text("actor");

    /// <summary>The part behind the kind: what other entries call the same person.</summary>
    public string ActorUid => Actor[(Actor.IndexOf(':', StringComparison.Ordinal) + 1)..];

    public DateTimeOffset Time =>
        _time ??= DateTimeOffset.Parse(TimeText, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);

    public string TimeText => Text("time");

    /// <summary>Null where nothing was decided.</summary>
    public bool? Allowed =>
        Field("decision", "allow") is { ValueKind: JsonValueKind.True or JsonValueKind.False } allow
            ? allow.GetBoolean()
            : null;

    /// <summary>Null where the entry has it not, or null.</summary>
    public string? Link(string name) => TextOf(Field("links", name));

    /// <inheritdoc cref="Link"/>
    public string? Fact(string name) => TextOf(Field("facts", name));

    /// <inheritdoc cref="Link"/>
    public string? Decision(string name) => TextOf(Field("decision", name));

    /// <inheritdoc cref="Link"/>
    /// <param name="isTime">A number is milliseconds since 1970.</param>
    public string? Read(string part, string name, bool isTime)
    {
        var field = Field(part, name);
        return isTime && field is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var milliseconds)
            ? TimeOf(milliseconds)
            : TextOf(field);
    }

    public void Dispose() => _json.Dispose();

    private static string TimeOf(long milliseconds) =>
        milliseconds is >= 0 and <= 253_402_300_799_999
            ? AuditEntry.TimeText(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds))
            : milliseconds.ToString(CultureInfo.InvariantCulture);

    private string Text(string name) => _json.RootElement.GetProperty(name).GetString()!;

    private JsonElement? Field(string part, string name) =>
        _json.RootElement.TryGetProperty(part, out var holder)
        && holder.ValueKind == JsonValueKind.Object
        && holder.TryGetProperty(name, out var field)
            ? field
            : null;

    private static string? TextOf(JsonElement? field) =>
        field?.ValueKind switch
        {
            null or JsonValueKind.Null => null,
            JsonValueKind.String => field.Value.GetString(),
            JsonValueKind.True => "yes",
            JsonValueKind.False => "no",
            _ => field.Value.GetRawText(),
        };
}
