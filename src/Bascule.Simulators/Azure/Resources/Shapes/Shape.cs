using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bascule.Simulators.Azure.Resources.Shapes;

/// <summary>Compares values with the table of fields of one provider.</summary>
internal sealed class Shape(IReadOnlyDictionary<string, IReadOnlyList<string>> definitions)
{
    /// <summary>The first thing that is wrong, and where; null when nothing is.</summary>
    public (string Target, string Message)? Fault(JsonNode? value, string definition, string path)
    {
        if (value is not JsonObject map)
            return (path, $"'{path}' must be an object.");
        var fields = definitions[definition].Select(Field.Parse).ToList();
        foreach (var field in fields.Where(field => field.IsRequired))
            if (map[field.Name] is null)
                return ($"{path}.{field.Name}", $"'{field.Name}' is required.");
        foreach (var (name, given) in map)
        {
            var at = $"{path}.{name}";
            if (fields.Find(field => field.Name == name) is not { } known)
                return (at, $"'{at}' is not a field that may be written.");
            if (given is not null && Value(given, known.Type, at) is { } fault)
                return fault;
        }
        return null;
    }

    private (string Target, string Message)? Value(JsonNode given, string type, string path) =>
        type[0] switch
        {
            '@' => Fault(given, type[1..], path),
            '<' => Chosen(given, type[1..^1], path),
            'g' => given is JsonValue id && id.TryGetValue<string>(out var guid) && Guid.TryParseExact(guid, "D", out _)
                ? null
                : (path, $"'{path}' must be a UUID."),
            'o' => given is JsonObject ? null : (path, $"'{path}' must be an object."),
            '[' => given is JsonArray list
                ? list.Select((item, i) => Item(item, type[1..^1], $"{path}[{i}]")).FirstOrDefault(f => f is not null)
                : (path, $"'{path}' must be a list."),
            '{' => given is JsonObject map
                ? map.Select(pair => Item(pair.Value, type[1..^1], $"{path}.{pair.Key}"))
                    .FirstOrDefault(f => f is not null)
                : (path, $"'{path}' must be an object."),
            '(' => given.GetValueKind() == JsonValueKind.String
            && type[1..^1].Split('|').Contains(given.GetValue<string>())
                ? null
                : (path, $"'{path}' must be one of {type[1..^1].Replace("|", ", ", StringComparison.Ordinal)}."),
            't' => Text(given, type["text".Length..], path),
            'f' => given.GetValueKind() is JsonValueKind.True or JsonValueKind.False
                ? null
                : (path, $"'{path}' must be true or false."),
            'w' => long.TryParse(given.ToJsonString(), CultureInfo.InvariantCulture, out _)
                ? null
                : (path, $"'{path}' must be a whole number."),
            'n' => given.GetValueKind() == JsonValueKind.Number ? null : (path, $"'{path}' must be a number."),
            _ => null,
        };

    private (string Target, string Message)? Chosen(JsonNode given, string choices, string path)
    {
        var field = choices.Split('=')[0];
        List<string[]> words = [.. choices.Split('=')[1].Split('|').Select(choice => choice.Split(':'))];
        if (given is not JsonObject map)
            return (path, $"'{path}' must be an object.");
        var word = map[field] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
        return words.Find(choice => choice[0] == word) is [_, var definition]
            ? Fault(given, definition, path)
            : ($"{path}.{field}", $"'{path}.{field}' must be one of {string.Join(", ", words.Select(c => c[0]))}.");
    }

    private (string Target, string Message)? Item(JsonNode? given, string type, string path) =>
        given is not null ? Value(given, type.TrimEnd('?'), path)
        : type.EndsWith('?') ? null
        : (path, $"'{path}' is null.");

    private static (string Target, string Message)? Text(JsonNode given, string limits, string path)
    {
        if (given.GetValueKind() != JsonValueKind.String)
            return (path, $"'{path}' must be a text.");
        var text = given.GetValue<string>();
        if (limits == "+")
            return text.Any(c => char.IsAsciiLetterOrDigit(c) || c == '_')
                ? null
                : (path, $"'{path}' must have a letter, a digit or an underscore.");
        var length = text.Length;
        if (limits.Split('-') is not [var least, var most])
            return null;
        return
            least.Length > 0 && length < int.Parse(least, CultureInfo.InvariantCulture)
            || most.Length > 0 && length > int.Parse(most, CultureInfo.InvariantCulture)
            ? (path, $"'{path}' must have {limits} characters.")
            : null;
    }

    private sealed record Field(string Name, bool IsRequired, string Type)
    {
        public static Field Parse(string notation)
        {
            var at = notation.IndexOf(':', StringComparison.Ordinal);
            var name = notation[..at];
            return new(name.TrimEnd('!'), name.EndsWith('!'), notation[(at + 1)..]);
        }
    }
}
