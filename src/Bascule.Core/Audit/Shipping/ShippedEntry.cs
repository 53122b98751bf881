using System.Globalization;
using System.Text.Json;
using Bascule.Core.Audit.Log;

namespace Bascule.Core.Audit.Shipping;

/// <summary>An entry of the audit log on its way to a collector, with what a collector's copy is matched by.</summary>
/// <param name="Index">Its place in the log, from 0.</param>
/// <param name="Canonical">The entry's exact bytes: the leaf.</param>
public sealed record ShippedEntry(long Index, ReadOnlyMemory<byte> Canonical)
{
    private const int MaxWord = 64;

    /// <summary>RFC 6962 section 2.1, as 64 lower-case hex digits.</summary>
    public string LeafHash { get; } = Convert.ToHexStringLower(TreeHash.OfLeaf(Canonical.Span).ToBytes());

    /// <summary>A stable word, e.g. <c>run.decided</c>; <c>unknown</c> where the entry does not say.</summary>
    public string Type => Read("type") is { Length: > 0 and <= MaxWord } word && word.All(IsPlain) ? word : "unknown";

    /// <summary>When it was written, as it says itself; null where it does not.</summary>
    public DateTimeOffset? Time =>
        DateTimeOffset.TryParseExact(
            Read("time"),
            "yyyy-MM-dd'T'HH:mm:ss.fff'Z'",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
            ? time
            : null;

    /// <summary>The delivery that led to it; null where it names none.</summary>
    public string? Delivery => ReadLink("delivery");

    private static bool IsPlain(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-';

    private string? Read(string name) => Read(name, depth: 1, below: null);

    private string? ReadLink(string name) => Read(name, depth: 2, below: "links");

    private string? Read(string name, int depth, string? below)
    {
        try
        {
            var json = new Utf8JsonReader(Canonical.Span);
            var isBelow = below is null;
            while (json.Read())
            {
                if (json.TokenType != JsonTokenType.PropertyName)
                    continue;
                if (below is not null && json.CurrentDepth == 1)
                    isBelow = json.ValueTextEquals(below);
                else if (isBelow && json.CurrentDepth == depth && json.ValueTextEquals(name))
                    return json.Read() && json.TokenType == JsonTokenType.String ? json.GetString() : null;
            }
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // The log takes any bytes; what is no JSON is shipped all the same.
        }
        return null;
    }
}
