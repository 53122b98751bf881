using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Bascule.Core;
using Bascule.Core.Json;

namespace Bascule.Connectors.Outbound;

/// <summary>Reads JSON that others wrote into our records, after <see cref="StrictJson"/> has made sure that it has one meaning.</summary>
public static class JsonReading
{
    /// <summary>The value, or Invalid naming what is wrong and where; never null.</summary>
    public static Result<T> Read<T>(ReadOnlyMemory<byte> json, JsonTypeInfo<T> type)
    {
        var parsed = StrictJson.Parse(json, anyNumber: true);
        return parsed.Failed(out var problem) ? problem : Read(parsed.Value, type);
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
}
