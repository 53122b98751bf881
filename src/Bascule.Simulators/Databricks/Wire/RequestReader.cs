using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Bascule.Simulators.Databricks.Wire;

/// <summary>Turns query and body into checked fields, or says what is wrong with them.</summary>
internal sealed class RequestReader(FieldTable table)
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };
    private readonly FieldCheck _check = new(table);

    public bool TryRead(
        string? type,
        IQueryCollection query,
        byte[] body,
        [NotNullWhen(true)] out JsonObject? fields,
        [NotNullWhen(false)] out ApiReply? refusal
    )
    {
        fields = [];
        refusal = ReadQuery(type, query, fields) ?? ReadBody(type, body, fields);
        return refusal is null;
    }

    private ApiReply? ReadQuery(string? type, IQueryCollection query, JsonObject fields)
    {
        foreach (var (name, values) in query)
        {
            if (type is null || !table.Types[type].TryGetValue(name, out var field) || !field.InQuery)
                return ApiReply.Invalid($"Unknown parameter '{name}'.");
            if (values.Count > 1 && !field.Type.StartsWith("[]", StringComparison.Ordinal))
                return ApiReply.Invalid($"Parameter '{name}' was given {values.Count} times.");
            if (QueryValue(field.Type, values) is not { } value)
                return ApiReply.Invalid($"Could not parse parameter '{name}': expected {field.Type}.");
            fields[name] = value;
        }
        var missing = type is null
            ? default
            : table
                .Types[type]
                .FirstOrDefault(f => f.Value is { InQuery: true, Required: true } && !query.ContainsKey(f.Key));
        return missing.Key is null ? null : ApiReply.Invalid($"Missing required field: {missing.Key}");
    }

    private JsonNode? QueryValue(string type, StringValues values)
    {
        var text = values[0]!;
        return type switch
        {
            "string" => JsonValue.Create(text),
            "[]string" => new JsonArray([.. values.Select(v => (JsonNode?)JsonValue.Create(v))]),
            "bool" when text is "true" or "false" => JsonValue.Create(text == "true"),
            "int"
            or "int64"
                when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) =>
                JsonValue.Create(n),
            _ => table.Enums.TryGetValue(type, out var literals) && literals.Contains(text)
                ? JsonValue.Create(text)
                : null,
        };
    }

    private ApiReply? ReadBody(string? type, byte[] body, JsonObject fields)
    {
        if (type is null || table.Types[type].Values.All(f => f.InQuery))
            return body.Length == 0 ? null : ApiReply.Malformed("This request takes no body.");
        try
        {
            using var document = JsonDocument.Parse(body.Length == 0 ? "{}"u8.ToArray() : body, Strict);
            if (_check.Body(type, document.RootElement, requireAll: true) is { } fault)
                return ApiReply.Invalid(fault);
            foreach (var property in document.RootElement.EnumerateObject())
                if (property.Value.ValueKind != JsonValueKind.Null)
                    fields[property.Name] = JsonNode.Parse(property.Value.GetRawText());
            return null;
        }
        catch (JsonException error)
        {
            return ApiReply.Malformed($"Could not parse request object: {error.Message}");
        }
    }
}
