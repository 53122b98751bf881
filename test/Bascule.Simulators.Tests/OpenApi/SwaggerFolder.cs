using System.Text.Json.Nodes;

namespace Bascule.Simulators.Tests.OpenApi;

/// <summary>Published descriptions in Swagger 2.0 that refer to each other across files.</summary>
public sealed class SwaggerFolder : IResolver
{
    /// <summary>Keeps what a resolved node was called.</summary>
    private const string Origin = "x-origin";

    private readonly Dictionary<string, JsonObject> _files = [];
    private readonly List<(string Path, JsonObject Item)> _paths = [];

    /// <param name="files">Whose paths are described; what they refer to is read when it is needed.</param>
    public SwaggerFolder(IEnumerable<string> files)
    {
        foreach (var file in files.Select(Path.GetFullPath))
        foreach (var (path, item) in File(file)["paths"]!.AsObject())
            _paths.Add((path, item!.AsObject()));
    }

    public IEnumerable<string> Paths => _paths.Select(path => path.Path);

    /// <summary>The operation whose path fits best: fixed segments before parts. Null when there is none.</summary>
    public OpenApiOperation? Find(string method, string path)
    {
        var fitting = _paths.Where(p => Fits(p.Path, path)).OrderBy(p => p.Path.Count(c => c == '{')).FirstOrDefault();
        if (fitting.Item?[method.ToLowerInvariant()] is not JsonObject operation)
            return null;
        var parameters = operation["parameters"]!.AsArray().Select(p => Resolve(p!.AsObject())).ToList();
        return new($"{method} {fitting.Path}", operation, parameters);
    }

    /// <summary>A definition of a file.</summary>
    public JsonObject Definition(string file, string name) =>
        File(Path.GetFullPath(file))["definitions"]![name]!.AsObject();

    public JsonObject Resolve(JsonObject node)
    {
        while (node["$ref"]?.GetValue<string>() is { } reference)
        {
            var at = reference.IndexOf('#', StringComparison.Ordinal);
            var target = reference[(at + 2)..]
                .Split('/')
                .Aggregate((JsonNode)File(reference[..at]), (inner, part) => inner[part]!);
            var merged = target.DeepClone().AsObject();
            foreach (var (name, value) in node.Where(sibling => sibling.Key != "$ref"))
                merged[name] = value?.DeepClone();
            merged[Origin] = reference;
            node = merged;
        }
        return node;
    }

    public JsonObject? Derived(JsonObject schema, string word)
    {
        if (schema[Origin]?.GetValue<string>() is not { } origin)
            return null;
        var file = origin[..origin.IndexOf('#', StringComparison.Ordinal)];
        var definitions = File(file)["definitions"]!.AsObject();
        return definitions
            .Where(pair => (pair.Value!["x-ms-discriminator-value"]?.GetValue<string>() ?? pair.Key) == word)
            .Select(pair => pair.Value!.AsObject())
            .FirstOrDefault(definition => IsOf(definition, origin));
    }

    private bool IsOf(JsonObject definition, string origin) =>
        (definition["allOf"] as JsonArray ?? [])
            .Select(part => part!["$ref"]?.GetValue<string>())
            .Any(part => part is not null && (part == origin || IsOf(Resolve(new() { ["$ref"] = part }), origin)));

    private JsonObject File(string path)
    {
        if (_files.TryGetValue(path, out var read))
            return read;
        read = JsonNode.Parse(System.IO.File.ReadAllText(path))!.AsObject();
        Absolute(read, path);
        return _files[path] = read;
    }

    /// <summary>A reference is meant from the file that it stands in.</summary>
    private static void Absolute(JsonNode? node, string path)
    {
        if (node is JsonArray list)
            foreach (var item in list)
                Absolute(item, path);
        if (node is not JsonObject map)
            return;
        foreach (var value in map.Select(pair => pair.Value).ToList())
            Absolute(value, path);
        if (map["$ref"] is not JsonValue reference)
            return;
        var parts = reference.GetValue<string>().Split('#');
        var file = parts[0].Length == 0 ? path : Path.GetFullPath(parts[0], Path.GetDirectoryName(path)!);
        map["$ref"] = parts.Length == 2 ? $"{file}#{parts[1]}" : file;
    }

    private static bool Fits(string template, string path)
    {
        var (own, given) = (template.Split('/'), path.Split('/'));
        return own.Length == given.Length
            && own.Zip(given)
                .All(pair =>
                    pair.First.StartsWith('{')
                        ? pair.Second.Length > 0
                        : string.Equals(pair.First, pair.Second, StringComparison.OrdinalIgnoreCase)
                );
    }
}
