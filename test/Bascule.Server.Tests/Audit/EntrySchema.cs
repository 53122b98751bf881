using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Bascule.Testing;

namespace Bascule.Server.Tests.Audit;

/// <summary>Judges entries by the published schema: as much of JSON Schema as that file uses. The same file is also judged by a real validator where there is Node.</summary>
internal sealed class EntrySchema
{
    public static readonly string File = RepositoryFolder.PathOf("schemas/audit-entry.schema.json");
    private readonly JsonObject _root = JsonNode.Parse(System.IO.File.ReadAllText(File))!.AsObject();

    public IEnumerable<string> Types => _root["properties"]!["type"]!["enum"]!.AsArray().Select(type => (string)type!);

    /// <summary>The names of the facts of one type.</summary>
    public IEnumerable<string> FactsOf(string type) =>
        Rule(type)["properties"]!["facts"]!["properties"]!.AsObject().Select(property => property.Key);

    public IReadOnlyList<string> Judge(JsonObject entry) =>
        [.. Faults(_root, entry, "entry"), .. Faults(Rule((string)entry["type"]!), entry, "entry")];

    private JsonObject Rule(string type) =>
        _root["allOf"]!.AsArray().Single(rule => (string)rule!["if"]!["properties"]!["type"]!["const"]! == type)![
            "then"
        ]!.AsObject();

    private IEnumerable<string> Faults(JsonNode schema, JsonNode? value, string path)
    {
        if (schema is JsonValue never)
            return never.GetValue<bool>() ? [] : [$"{path} must not be there"];
        if (schema["$ref"] is { } reference)
            return Faults(_root["$defs"]![((string)reference!)["#/$defs/".Length..]]!, value, path);
        if (schema["anyOf"] is JsonArray any)
            return any.Any(option => !Faults(option!, value, path).Any()) ? [] : [$"{path} fits nothing"];
        return value is JsonObject map
            ? OwnFaults(schema, value, path).Concat(MapFaults(schema, map, path))
            : OwnFaults(schema, value, path).Concat(ItemFaults(schema, value, path));
    }

    private static IEnumerable<string> OwnFaults(JsonNode schema, JsonNode? value, string path)
    {
        var text = value?.ToJsonString() ?? "null";
        if (schema["const"] is { } constant && constant.ToJsonString() != text)
            yield return $"{path} is not {constant}";
        if (schema["enum"] is JsonArray words && words.All(word => word!.ToJsonString() != text))
            yield return $"{path} is {text}, not one of {words.ToJsonString()}";
        if (schema["type"] is JsonValue type && !IsOf((string)type!, value))
            yield return $"{path} is not of type {type}";
        if (schema["type"] is JsonArray types && types.All(one => !IsOf((string)one!, value)))
            yield return $"{path} is of no type of {types.ToJsonString()}";
        if (schema["pattern"] is { } pattern && value is JsonValue && !Regex.IsMatch((string)value!, (string)pattern!))
            yield return $"{path} '{value}' does not match {pattern}";
    }

    private IEnumerable<string> MapFaults(JsonNode schema, JsonObject map, string path)
    {
        foreach (var name in schema["required"]?.AsArray() ?? [])
            if (!map.ContainsKey((string)name!))
                yield return $"{path}.{name} is missing";
        foreach (var (name, value) in map)
            if (schema["properties"]?[name] is { } known)
                foreach (var fault in Faults(known, value, $"{path}.{name}"))
                    yield return fault;
            else if (schema["additionalProperties"] is JsonValue others && !others.GetValue<bool>())
                yield return $"{path}.{name} is not known";
    }

    private IEnumerable<string> ItemFaults(JsonNode schema, JsonNode? value, string path) =>
        schema["items"] is { } item && value is JsonArray list
            ? list.SelectMany((one, at) => Faults(item, one, $"{path}[{at}]"))
            : [];

    private static bool IsOf(string type, JsonNode? value) =>
        type switch
        {
            "object" => value is JsonObject,
            "array" => value is JsonArray,
            "null" => value is null,
            "boolean" => value?.GetValueKind()
                is System.Text.Json.JsonValueKind.True
                    or System.Text.Json.JsonValueKind.False,
            "integer" => value?.GetValueKind() is System.Text.Json.JsonValueKind.Number,
            _ => value?.GetValueKind() is System.Text.Json.JsonValueKind.String,
        };
}
