using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Bascule.Simulators.Tests.OpenApi;

/// <summary>
/// Compares values with schemas. Stricter than JSON Schema: a field that the schema does not name is a fault, unless it says that others may come. A keyword
/// that is not understood throws, so that nothing passes for lack of looking.
/// </summary>
public sealed class SchemaCheck(IResolver document, bool isRequest)
{
    private static readonly HashSet<string> Understood =
    [
        .. "type nullable enum required properties additionalProperties items anyOf oneOf allOf format".Split(' '),
        .. "minLength maxLength minimum maximum pattern minItems maxItems readOnly deprecated".Split(' '),
        .. "title description default example discriminator summary externalDocs".Split(' '),
    ];

    public IEnumerable<string> Faults(JsonNode? value, JsonObject schema, string path = "$")
    {
        schema = document.Resolve(schema);
        if (Chosen(schema, value) is { } chosen)
            schema = chosen;
        schema = Flat(schema);
        foreach (var keyword in schema.Select(k => k.Key).Where(k => !Understood.Contains(k) && !IsHint(k)))
            throw new NotSupportedException($"The schema at {path} has the keyword '{keyword}'.");
        if (isRequest && Flag(schema, "readOnly"))
            return [$"{path} is read-only"];
        if (value is null)
            return
                Flag(schema, "nullable")
                || Flag(schema, "x-nullable")
                || schema["enum"] is JsonArray literals && literals.Any(l => l is null)
                || !schema.ContainsKey("type") && !schema.ContainsKey("anyOf")
                ? []
                : [$"{path} is null"];
        return
        [
            .. OneOf(value, schema, path),
            .. Enum(value, schema, path),
            .. schema["type"]?.GetValue<string>() switch
            {
                "object" => Map(value, schema, path),
                "array" => List(value, schema, path),
                "string" => Text(value, schema, path),
                "integer" => Whole(value, path),
                "number" => Kind(value, path, JsonValueKind.Number, "a number"),
                "boolean" when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False => [],
                "boolean" => [$"{path} is not a boolean"],
                _ => [],
            },
        ];
    }

    /// <summary>What a discriminator says that the value is. A word that it does not know leaves the common part: the rest is then not described.</summary>
    private JsonObject? Chosen(JsonObject schema, JsonNode? value)
    {
        if (schema["discriminator"] is not JsonValue field || value is not JsonObject map)
            return null;
        var word =
            map[field.GetValue<string>()] is JsonValue text && text.TryGetValue<string>(out var given) ? given : "";
        if (document.Derived(schema, word)?.DeepClone().AsObject() is not { } derived)
            return null;
        if (schema["readOnly"] is { } readOnly)
            derived["readOnly"] = readOnly.DeepClone();
        return derived;
    }

    /// <summary>For generators of clients.</summary>
    private static bool IsHint(string keyword) => keyword.StartsWith("x-", StringComparison.Ordinal);

    /// <summary>A schema of many parts as one.</summary>
    private JsonObject Flat(JsonObject schema)
    {
        if (schema["allOf"] is not JsonArray parts)
            return schema;
        var own = schema.DeepClone().AsObject();
        own.Remove("allOf");
        var flat = new JsonObject { ["type"] = "object" };
        var (properties, required) = (new JsonObject(), new JsonArray());
        foreach (var part in parts.Select(p => Flat(document.Resolve(p!.AsObject()))).Append(own))
        {
            foreach (var (name, property) in part["properties"] as JsonObject ?? [])
                properties[name] = property!.DeepClone();
            foreach (var name in part["required"] as JsonArray ?? [])
                required.Add(name!.DeepClone());
        }
        flat["properties"] = properties;
        flat["required"] = required;
        return flat;
    }

    private IEnumerable<string> OneOf(JsonNode value, JsonObject schema, string path)
    {
        if ((schema["anyOf"] ?? schema["oneOf"]) is not JsonArray choices)
            return [];
        var faults = choices.Select(choice => Faults(value, choice!.AsObject(), path).ToList()).ToList();
        return faults.Exists(f => f.Count == 0)
            ? []
            : [$"{path} fits none: {string.Join(" | ", faults.SelectMany(f => f))}"];
    }

    private static IEnumerable<string> Enum(JsonNode value, JsonObject schema, string path) =>
        schema["enum"] is not JsonArray literals || literals.Any(literal => JsonNode.DeepEquals(literal, value))
            ? []
            : [$"{path} is {value.ToJsonString()}, none of {literals.ToJsonString()}"];

    private IEnumerable<string> Map(JsonNode value, JsonObject schema, string path)
    {
        if (value is not JsonObject map)
            return [$"{path} is not an object"];
        var properties = schema["properties"] as JsonObject;
        var missing = (schema["required"] as JsonArray ?? [])
            .Select(name => name!.GetValue<string>())
            .Where(name => !map.ContainsKey(name) && !(isRequest && IsReadOnly(properties?[name])))
            .Select(name => $"{path}.{name} is missing");
        return missing.Concat(map.SelectMany(field => Field(field, schema, properties, path)));
    }

    private IEnumerable<string> Field(
        KeyValuePair<string, JsonNode?> field,
        JsonObject schema,
        JsonObject? properties,
        string path
    ) =>
        properties?[field.Key] is JsonObject known ? Faults(field.Value, known, $"{path}.{field.Key}")
        : schema["additionalProperties"] is JsonObject others ? Faults(field.Value, others, $"{path}.{field.Key}")
        : Flag(schema, "additionalProperties") || properties is null && !schema.ContainsKey("additionalProperties") ? []
        : [$"{path}.{field.Key} is not described"];

    private bool IsReadOnly(JsonNode? property) =>
        property is JsonObject schema && Flag(document.Resolve(schema), "readOnly");

    private IEnumerable<string> List(JsonNode value, JsonObject schema, string path) =>
        value is not JsonArray list ? [$"{path} is not an array"]
        : schema["minItems"]?.GetValue<double>() > list.Count || schema["maxItems"]?.GetValue<double>() < list.Count
            ? [$"{path} has {list.Count} items"]
        : list.SelectMany((item, index) => Faults(item, schema["items"]!.AsObject(), $"{path}[{index}]"));

    private static IEnumerable<string> Text(JsonNode value, JsonObject schema, string path)
    {
        if (value.GetValueKind() != JsonValueKind.String)
            return [$"{path} is not a string"];
        var text = value.GetValue<string>();
        if (schema["maxLength"]?.GetValue<double>() < text.Length)
            return [$"{path} is too long"];
        if (schema["minLength"]?.GetValue<double>() > text.Length)
            return [$"{path} is too short"];
        if (
            schema["pattern"]?.GetValue<string>() is { } pattern
            && !Regex.IsMatch(text, pattern, RegexOptions.None, TimeSpan.FromSeconds(1))
        )
            return [$"{path} is '{text}', not of the form {pattern}"];
        return schema["format"]?.GetValue<string>() switch
        {
            "date-time" or "datetime" when !IsInstant(text) => [$"{path} is '{text}', no instant with its offset"],
            "uuid" when !Guid.TryParseExact(text, "D", out _) => [$"{path} is '{text}', no UUID"],
            _ => [],
        };
    }

    private static bool IsInstant(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
        && text.Contains('T')
        && (text.EndsWith('Z') || text[^6] is '+' or '-');

    private static IEnumerable<string> Kind(JsonNode value, string path, JsonValueKind kind, string words) =>
        value.GetValueKind() == kind ? [] : [$"{path} is not {words}"];

    private static IEnumerable<string> Whole(JsonNode value, string path) =>
        long.TryParse(value.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
            ? []
            : [$"{path} is not an integer"];

    private static bool Flag(JsonObject schema, string keyword) =>
        schema[keyword] is JsonValue value && value.GetValueKind() == JsonValueKind.True;
}
