using Bascule.Core.Json;

namespace Bascule.Core.Audit.Verifying;

/// <summary>
/// Whether bytes are an entry as docs/audit-entries.md has it: canonical JSON with the fields that each entry has. Types and fields of later versions are read
/// over, and so are the facts of each type.
/// </summary>
public static class EntryForm
{
    private const int IdLength = 32;
    private const string TimePattern = "0000-00-00T00:00:00.000Z";

    [Flags]
    private enum Fields
    {
        None = 0,
        Version = 1,
        Id = 2,
        Time = 4,
        Type = 8,
        Actor = 16,
        Links = 32,
        All = Version | Id | Time | Type | Actor | Links,
    }

    /// <summary>Null for an entry, otherwise what is wrong with it.</summary>
    public static string? FaultOf(ReadOnlySpan<byte> entry)
    {
        var reader = CanonicalReader.Open(entry);
        var seen = Fields.None;
        ReadOnlySpan<byte> key = default;
        for (var isFirst = true; reader.ReadMember(ref key, isFirst, depth: 0, out var value); isFirst = false)
        {
            var (field, isGood) = Look(key, value);
            if (!isGood)
                return $"its field '{System.Text.Encoding.UTF8.GetString(key)}' is not as docs/audit-entries.md has it";
            seen |= field;
        }
        if (reader.Finish() is { } fault)
            return $"it is not canonical JSON (RFC 8785): {fault}";
        return seen == Fields.All ? null : $"it has no field '{FirstOf(Fields.All & ~seen)}'";
    }

    private static (Fields Field, bool IsGood) Look(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) =>
        key switch
        {
            _ when key.SequenceEqual("v"u8) => (Fields.Version, value.SequenceEqual("1"u8)),
            _ when key.SequenceEqual("id"u8) => (Fields.Id, IsId(value)),
            _ when key.SequenceEqual("time"u8) => (Fields.Time, IsTime(value)),
            _ when key.SequenceEqual("type"u8) => (Fields.Type, IsWord(value)),
            _ when key.SequenceEqual("actor"u8) => (Fields.Actor, IsWord(value)),
            _ when key.SequenceEqual("links"u8) => (Fields.Links, IsMapOfTexts(value)),
            _ when key.SequenceEqual("spooled_at"u8) => (Fields.None, IsTime(value)),
            _ when key.SequenceEqual("decision"u8) => (Fields.None, IsDecision(value)),
            _ when key.SequenceEqual("facts"u8) => (Fields.None, value[0] == '{'),
            _ => (Fields.None, true),
        };

    private static string FirstOf(Fields fields) =>
        fields.HasFlag(Fields.Version) ? "v"
        : fields.HasFlag(Fields.Id) ? "id"
        : fields.HasFlag(Fields.Time) ? "time"
        : fields.HasFlag(Fields.Type) ? "type"
        : fields.HasFlag(Fields.Actor) ? "actor"
        : "links";

    private static bool IsId(ReadOnlySpan<byte> value) =>
        value.Length == IdLength + 2 && value[0] == '"' && !value[1..^1].ContainsAnyExcept("0123456789abcdef"u8);

    private static bool IsTime(ReadOnlySpan<byte> value)
    {
        if (value.Length != TimePattern.Length + 2 || value[0] != '"')
            return false;
        for (var at = 0; at < TimePattern.Length; at++)
            if (TimePattern[at] == '0' ? !char.IsAsciiDigit((char)value[at + 1]) : value[at + 1] != TimePattern[at])
                return false;
        return true;
    }

    private static bool IsWord(ReadOnlySpan<byte> value) => value.Length > 2 && value[0] == '"';

    private static bool IsMapOfTexts(ReadOnlySpan<byte> map)
    {
        var reader = CanonicalReader.Open(map);
        ReadOnlySpan<byte> key = default;
        for (var isFirst = true; reader.ReadMember(ref key, isFirst, depth: 1, out var value); isFirst = false)
            if (value[0] != '"')
                return false;
        return reader.Fault is null;
    }

    private static bool IsDecision(ReadOnlySpan<byte> decision)
    {
        var reader = CanonicalReader.Open(decision);
        ReadOnlySpan<byte> key = default;
        var good = 0;
        for (var isFirst = true; reader.ReadMember(ref key, isFirst, depth: 1, out var value); isFirst = false)
            if (key.SequenceEqual("allow"u8) ? value[0] is (byte)'t' or (byte)'f' : value[0] == '"')
                good +=
                    key.SequenceEqual("allow"u8) || key.SequenceEqual("rule"u8) || key.SequenceEqual("reason"u8)
                        ? 1
                        : 0;
        return reader.Fault is null && good == 3;
    }
}
