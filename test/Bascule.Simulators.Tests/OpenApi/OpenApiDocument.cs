using System.Text.Json.Nodes;

namespace Bascule.Simulators.Tests.OpenApi;

/// <summary>A published description of an API (OpenAPI 3).</summary>
public sealed class OpenApiDocument : IResolver
{
    private readonly JsonObject _root;

    private OpenApiDocument(JsonObject root, string prefix) => (_root, Prefix) = (root, prefix);

    /// <summary>What the server puts before every path.</summary>
    public string Prefix { get; }

    public static OpenApiDocument Load(string path, string prefix = "") => new(YamlJson.Load(path), prefix);

    /// <summary>The operation whose path fits best: fixed segments before parts. Null when there is none.</summary>
    public OpenApiOperation? Find(string method, string path)
    {
        var fitting = _root["paths"]!
            .AsObject()
            .Where(p => Fits(p.Key, path))
            .OrderBy(p => p.Key.Count(c => c == '{'))
            .Select(p => (p.Key, Item: p.Value!.AsObject()))
            .FirstOrDefault();
        if (fitting.Item?[method.ToLowerInvariant()] is not JsonObject operation)
            return null;
        var parameters = (fitting.Item["parameters"] as JsonArray ?? [])
            .Concat(operation["parameters"] as JsonArray ?? [])
            .Select(p => Resolve(p!.AsObject()))
            .ToList();
        return new OpenApiOperation($"{method} {fitting.Key}", operation, parameters);
    }

    /// <summary>Every operation, as <c>GET /path/{part}</c>.</summary>
    public IEnumerable<string> Operations =>
        _root["paths"]!
            .AsObject()
            .SelectMany(p =>
                p.Value!.AsObject().Where(m => m.Key != "parameters").Select(m => $"{m.Key.ToUpperInvariant()} {p.Key}")
            );

    public JsonObject Schema(string name) => _root["components"]!["schemas"]![name]!.AsObject();

    /// <summary>What a reference names; its siblings win, as the generators of clients read it.</summary>
    public JsonObject Resolve(JsonObject node)
    {
        while (node["$ref"]?.GetValue<string>() is { } reference)
        {
            var target = reference[2..]
                .Split('/')
                .Aggregate((JsonNode)_root, (at, part) => at[part.Replace("~1", "/").Replace("~0", "~")]!);
            var merged = target.DeepClone().AsObject();
            foreach (var (name, value) in node.Where(sibling => sibling.Key != "$ref"))
                merged[name] = value?.DeepClone();
            node = merged;
        }
        return node;
    }

    private static bool Fits(string template, string path)
    {
        var (own, given) = (template.Split('/'), path.Split('/'));
        return own.Length == given.Length
            && own.Zip(given)
                .All(pair => pair.First.StartsWith('{') ? pair.Second.Length > 0 : pair.First == pair.Second);
    }
}

/// <param name="Parameters">Of the path and of the operation, resolved.</param>
public sealed record OpenApiOperation(string Name, JsonObject Json, IReadOnlyList<JsonObject> Parameters);
