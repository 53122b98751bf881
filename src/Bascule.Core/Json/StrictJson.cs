using System.Text.Json;
using System.Text.Unicode;

namespace Bascule.Core.Json;

/// <summary>
/// Parses JSON from outside so that no two readers can understand it differently (THREATS T15, T16): no duplicate keys, no NUL or lone surrogate
/// in a string, no number that a double cannot hold, no comments, no trailing commas or data, valid UTF-8, bounded depth.
/// </summary>
public static class StrictJson
{
    public const int DefaultMaxDepth = 32;

    /// <summary>Invalid says what is wrong and where, without quoting the input.</summary>
    /// <param name="anyNumber">Whether a number may be too large for a double: for a caller that reads each one and names the field.</param>
    public static Result<JsonElement> Parse(
        ReadOnlyMemory<byte> utf8,
        int maxDepth = DefaultMaxDepth,
        bool anyNumber = false
    )
    {
        if (!Utf8.IsValid(utf8.Span))
            return Problem.Invalid("not valid UTF-8");
        if (FindFault(utf8.Span, maxDepth, anyNumber) is { } fault)
            return fault;
        try
        {
            var options = new JsonDocumentOptions { MaxDepth = maxDepth, AllowDuplicateProperties = false };
            return JsonElement.Parse(utf8.Span, options);
        }
        catch (JsonException)
        {
            // The first pass took every other fault.
            return Problem.Invalid("an object in the JSON repeats a key");
        }
    }

    private static Problem? FindFault(ReadOnlySpan<byte> utf8, int maxDepth, bool anyNumber)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = maxDepth });
        try
        {
            while (reader.Read())
                if (FaultOf(ref reader, anyNumber) is { } fault)
                    return Problem.Invalid($"{fault} at byte {reader.TokenStartIndex} of the JSON");
            return null;
        }
        catch (JsonException)
        {
            // The limit has been hit when one more level would open just where the reader stopped.
            var next = utf8[(int)reader.BytesConsumed..].TrimStart(" \t\r\n,:"u8);
            return next.IndexOfAny((byte)'[', (byte)'{') == 0 && reader.CurrentDepth + 1 >= maxDepth
                ? Problem.Invalid($"the JSON is nested deeper than {maxDepth} levels")
                : Problem.Invalid($"not valid JSON at byte {reader.BytesConsumed}");
        }
    }

    private static string? FaultOf(ref Utf8JsonReader reader, bool anyNumber) =>
        reader.TokenType switch
        {
            JsonTokenType.String or JsonTokenType.PropertyName when reader.ValueIsEscaped => FaultOfEscapes(ref reader),
            JsonTokenType.Number when !anyNumber && !double.IsFinite(reader.GetDouble()) =>
                "a number too large for a double",
            _ => null,
        };

    private static string? FaultOfEscapes(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!.Contains('\0', StringComparison.Ordinal) ? "a NUL in a string" : null;
        }
        catch (InvalidOperationException)
        {
            return "a lone surrogate in a string";
        }
    }
}
