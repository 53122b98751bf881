using System.Text.Json;

namespace Bascule.Simulators.Airflow.Wire;

internal enum FieldKind
{
    Text,
    Map,
    Instant,
}

/// <summary>A field that a body may have; all may be null.</summary>
internal sealed record BodyField(string Name, FieldKind Kind, string[]? Literals = null, int? Longest = null);

/// <summary>The first thing that is wrong with a body, in words that each API puts its own way.</summary>
/// <param name="Field">Null for the body itself.</param>
internal sealed record BodyFault(BodyFaultKind Kind, string? Field, string Words, JsonElement? Input = null);

internal enum BodyFaultKind
{
    NotJson,
    NotAMap,
    Unknown,
    Missing,
    Type,
}

/// <summary>Compares a body with the fields that are known.</summary>
internal static class BodyCheck
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    public static BodyFault? Read(string text, BodyField[] fields, string[] required, out JsonElement body)
    {
        body = default;
        try
        {
            using var document = JsonDocument.Parse(text, Strict);
            body = document.RootElement.Clone();
        }
        catch (JsonException error)
        {
            return new(BodyFaultKind.NotJson, null, error.Message);
        }
        if (body.ValueKind != JsonValueKind.Object)
            return new(BodyFaultKind.NotAMap, null, "Input should be a valid dictionary", body);
        return Unknown(body, fields) ?? Missing(body, required) ?? Wrong(body, fields);
    }

    private static BodyFault? Unknown(JsonElement body, BodyField[] fields)
    {
        foreach (var property in body.EnumerateObject())
            if (!fields.Any(field => field.Name == property.Name))
                return new(
                    BodyFaultKind.Unknown,
                    property.Name,
                    "Extra inputs are not permitted",
                    property.Value.Clone()
                );
        return null;
    }

    private static BodyFault? Missing(JsonElement body, string[] required) =>
        required.FirstOrDefault(name => !body.TryGetProperty(name, out _)) is { } missing
            ? new(BodyFaultKind.Missing, missing, "Field required", body)
            : null;

    private static BodyFault? Wrong(JsonElement body, BodyField[] fields)
    {
        foreach (var field in fields)
            if (
                body.TryGetProperty(field.Name, out var value)
                && value.ValueKind != JsonValueKind.Null
                && Words(field, value) is { } words
            )
                return new(BodyFaultKind.Type, field.Name, words, value);
        return null;
    }

    private static string? Words(BodyField field, JsonElement value) =>
        field.Kind switch
        {
            FieldKind.Map => value.ValueKind == JsonValueKind.Object ? null : "Input should be a valid dictionary",
            FieldKind.Instant => value.ValueKind == JsonValueKind.String && IsInstant(value.GetString()!)
                ? null
                : "Input should have timezone info",
            _ when value.ValueKind != JsonValueKind.String => "Input should be a valid string",
            _ when field.Literals is { } literals && !literals.Contains(value.GetString()) =>
                $"Input should be {string.Join(" or ", literals.Select(l => $"'{l}'"))}",
            _ when field.Longest is { } longest && value.GetString()!.Length > longest =>
                $"String should have at most {longest} characters",
            _ => null,
        };

    /// <summary>RFC 3339, with its offset.</summary>
    private static bool IsInstant(string text) =>
        DateTimeOffset.TryParse(
            text,
            System.Globalization.CultureInfo.InvariantCulture,
            System.Globalization.DateTimeStyles.None,
            out _
        ) && (text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T', StringComparison.Ordinal));
}
