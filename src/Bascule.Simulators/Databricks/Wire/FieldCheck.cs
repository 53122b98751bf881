using System.Text.Json;

namespace Bascule.Simulators.Databricks.Wire;

/// <summary>Looks for the first field of a document that the table does not know, or whose value has the wrong type.</summary>
internal sealed class FieldCheck(FieldTable table)
{
    private const string Map = "map[string]";

    /// <returns>What is wrong, or null.</returns>
    public string? Body(string type, JsonElement value, bool requireAll) =>
        value.ValueKind == JsonValueKind.Object
            ? Struct(type, value, "", requireAll)
            : $"Expected a JSON object, got {value.ValueKind}.";

    private string? Struct(string type, JsonElement value, string path, bool requireAll)
    {
        var fields = table.Types[type];
        foreach (var property in value.EnumerateObject())
        {
            if (!fields.TryGetValue(property.Name, out var field) || field.InQuery)
                return $"Unknown field '{path}{property.Name}'.";
            if (property.Value.ValueKind == JsonValueKind.Null)
                continue;
            if (Value(field.Type, property.Value, path + property.Name, requireAll) is { } fault)
                return fault;
        }
        return requireAll ? MissingIn(fields, value, path) : null;
    }

    private static string? MissingIn(Dictionary<string, Field> fields, JsonElement value, string path)
    {
        foreach (var (name, field) in fields)
            if (field is { Required: true, InQuery: false } && IsAbsent(value, name))
                return $"Missing required field: {path}{name}";
        return null;
    }

    private static bool IsAbsent(JsonElement value, string name) =>
        !value.TryGetProperty(name, out var found) || found.ValueKind == JsonValueKind.Null;

    private string? Value(string type, JsonElement value, string path, bool requireAll)
    {
        if (type.StartsWith("[]", StringComparison.Ordinal))
            return List(type[2..], value, path, requireAll);
        if (type.StartsWith(Map, StringComparison.Ordinal))
            return Dictionary(type[Map.Length..], value, path, requireAll);
        if (table.Enums.TryGetValue(type, out var literals))
            return Literal(literals, value, path);
        if (table.Types.ContainsKey(type))
            return value.ValueKind == JsonValueKind.Object
                ? Struct(type, value, path + ".", requireAll)
                : Wrong(path, "an object", value);
        return IsPlain(type, value) ? null : Wrong(path, type, value);
    }

    private string? List(string item, JsonElement value, string path, bool requireAll)
    {
        if (value.ValueKind != JsonValueKind.Array)
            return Wrong(path, "a list", value);
        var index = 0;
        foreach (var element in value.EnumerateArray())
            if (Value(item, element, $"{path}[{index++}]", requireAll) is { } fault)
                return fault;
        return null;
    }

    private string? Dictionary(string item, JsonElement value, string path, bool requireAll)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return Wrong(path, "a map", value);
        foreach (var property in value.EnumerateObject())
            if (Value(item, property.Value, $"{path}.{property.Name}", requireAll) is { } fault)
                return fault;
        return null;
    }

    private static string? Literal(HashSet<string> literals, JsonElement value, string path) =>
        value.ValueKind == JsonValueKind.String && literals.Contains(value.GetString()!)
            ? null
            : $"Invalid value for '{path}': expected one of {string.Join(", ", literals.Order(StringComparer.Ordinal))}.";

    // Protocol buffers write the three numbers that JSON lacks as text.
    private static bool IsPlain(string type, JsonElement value) =>
        (type, value.ValueKind) switch
        {
            ("any", _) => true,
            ("string", JsonValueKind.String) => true,
            ("bool", JsonValueKind.True or JsonValueKind.False) => true,
            // Go's "int" has 64 bits, and run_workspace_id needs them.
            ("int" or "int64", JsonValueKind.Number) => value.TryGetInt64(out _),
            ("float64", JsonValueKind.Number) => true,
            ("float64", JsonValueKind.String) => value.GetString() is "NaN" or "Infinity" or "-Infinity",
            _ => false,
        };

    private static string Wrong(string path, string expected, JsonElement value) =>
        $"Could not parse field '{path}': expected {expected}, got {value.ValueKind}.";
}
