using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Bascule.Core;

namespace Bascule.Connectors.Outbound;

/// <summary>
/// Reads JSON that others wrote so that no two readers of the same bytes can differ (THREATS T15, T16): no duplicate keys, depth 32 at most, valid UTF-8,
/// no lone surrogate, no NUL.
/// </summary>
public static class StrictJson
{
    public const int MaxDepth = 32;

    private static readonly JsonDocumentOptions Strict = new()
    {
        AllowDuplicateProperties = false,
        MaxDepth = MaxDepth,
    };

    /// <summary>The value, or Invalid naming what is wrong and where; never null.</summary>
    public static Result<T> Read<T>(ReadOnlyMemory<byte> json, JsonTypeInfo<T> type)
    {
        var parsed = Parse(json);
        if (parsed.Failed(out var problem))
            return problem;
        using (parsed.Value)
            return Read(parsed.Value.RootElement, type);
    }

    /// <summary>The document, which the caller disposes, or Invalid.</summary>
    public static Result<JsonDocument> Parse(ReadOnlyMemory<byte> json)
    {
        if (!Utf8.IsValid(json.Span))
            return Problem.Invalid("it is not valid UTF-8");
        try
        {
            return HasForbiddenText(json.Span)
                ? Problem.Invalid("a text in it has a NUL character or half a surrogate pair")
                : JsonDocument.Parse(json, Strict);
        }
        catch (JsonException problem)
        {
            return Problem.Invalid(
                $"it is malformed, repeats a key, or is deeper than {MaxDepth} (line {problem.LineNumber + 1})"
            );
        }
    }

    /// <summary>An element of a strictly parsed document as a value.</summary>
    public static Result<T> Read<T>(JsonElement element, JsonTypeInfo<T> type)
    {
        try
        {
            return element.Deserialize(type) is { } value ? Result.Of(value) : Problem.Invalid("it is null");
        }
        catch (JsonException problem)
        {
            var path = problem.Path is { Length: > 2 } place ? StatusProblem.Clean(place[2..]) : "its top level";
            return Problem.Invalid($"'{path}' has the wrong type, is out of range, or lacks a field");
        }
    }

    /// <summary>Raw control characters are refused by the reader itself, so only escapes need a look.</summary>
    private static bool HasForbiddenText(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        while (reader.Read())
            if (reader.ValueIsEscaped && IsForbidden(ref reader))
                return true;
        return false;
    }

    private static bool IsForbidden(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!.Contains('\0', StringComparison.Ordinal);
        }
        catch (InvalidOperationException)
        {
            return true; // how the reader says that a surrogate is alone
        }
    }
}
