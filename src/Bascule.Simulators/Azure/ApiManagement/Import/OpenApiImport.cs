using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bascule.Simulators.Azure.ApiManagement.Import;

/// <summary>
/// Reads what <c>PUT apis/{id}</c> takes as <c>openapi</c>, <c>openapi+json</c> and <c>swagger-json</c>. Of an operation its method, template, names, parameters of the
/// path and status codes are kept; the rest of the document is not.
/// </summary>
internal static class OpenApiImport
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 100 };
    private static readonly string[] Methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

    public static bool Knows(string format) => format is "openapi" or "openapi+json" or "swagger-json";

    /// <param name="fault">Why it cannot be imported; null when it can.</param>
    public static ImportedApi? Read(string format, string text, out string? fault)
    {
        fault = null;
        try
        {
            var tree = format == "openapi" ? YamlTree.Read(text) : JsonNode.Parse(text, null, Strict);
            var root = tree as JsonObject ?? throw new JsonException("it is no map");
            Check(format, root);
            return new(
                (string?)root["info"]?["title"],
                (string?)root["info"]?["description"],
                ServiceUrl(format, root),
                Operations(root)
            );
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            fault = $"Parsing error(s): {error.Message}";
            return null;
        }
    }

    private static void Check(string format, JsonObject root)
    {
        var version = Text(root[format == "swagger-json" ? "swagger" : "openapi"]);
        if (
            format == "swagger-json"
                ? version != "2.0" && version != "2"
                : version?.StartsWith("3.", StringComparison.Ordinal) != true
        )
            throw new JsonException($"the document is not of the format '{format}'");
        if (root["paths"] is not JsonObject)
            throw new JsonException("it has no paths");
        if (References(root).FirstOrDefault(r => !r.StartsWith('#')) is { } outside)
            throw new JsonException($"'{outside}' is a reference to another file");
    }

    private static IEnumerable<string> References(JsonNode? node) =>
        node switch
        {
            JsonObject map => map.SelectMany(pair =>
                pair is { Key: "$ref", Value: JsonValue value } && value.TryGetValue<string>(out var reference)
                    ? [reference]
                    : References(pair.Value)
            ),
            JsonArray list => list.SelectMany(References),
            _ => [],
        };

    private static string? ServiceUrl(string format, JsonObject root)
    {
        if (format != "swagger-json")
            return
                (root["servers"] as JsonArray)?.FirstOrDefault()?["url"] is { } url
                && ((string)url!).StartsWith("http", StringComparison.Ordinal)
                ? (string)url!
                : null;
        return (string?)root["host"] is { } host
            ? $"{(string?)(root["schemes"] as JsonArray)?.FirstOrDefault() ?? "https"}://{host}{(string?)root["basePath"]}"
            : null;
    }

    private static List<ImportedOperation> Operations(JsonObject root)
    {
        var (names, ids, operations) = (new OperationNames(), new HashSet<string>(), new List<ImportedOperation>());
        foreach (var (path, item) in root["paths"]!.AsObject())
        foreach (var (method, described) in item as JsonObject ?? [])
        {
            if (!Methods.Contains(method) || described is not JsonObject operation)
                continue;
            if (Text(operation["operationId"]) is { } id && !ids.Add(id))
                throw new JsonException($"the operationId '{id}' is there twice");
            var name = names.Next(Text(operation["operationId"]), method, path);
            operations.Add(new(name, Properties(path, method, operation)));
        }
        return operations;
    }

    private static JsonObject Properties(string path, string method, JsonObject operation)
    {
        var display = Text(operation["summary"]) is { Length: > 0 } summary
            ? summary
            : Text(operation["operationId"]) ?? $"{method.ToUpperInvariant()[..1]}{method[1..]} - {path}";
        var properties = new JsonObject
        {
            ["displayName"] = display[..int.Min(display.Length, 300)],
            ["method"] = method.ToUpperInvariant(),
            ["urlTemplate"] = path,
            ["templateParameters"] = new JsonArray([.. Parts(path).Select(Parameter)]),
            ["responses"] = new JsonArray([.. Statuses(operation)]),
        };
        if (Text(operation["description"]) is { } description)
            properties["description"] = description[..int.Min(description.Length, 1000)];
        return properties;
    }

    private static IEnumerable<string> Parts(string path) =>
        path.Split('{').Skip(1).Where(part => part.Contains('}')).Select(part => part[..part.IndexOf('}')]);

    private static JsonObject Parameter(string name) =>
        new()
        {
            ["name"] = name,
            ["type"] = "string",
            ["required"] = true,
            ["values"] = new JsonArray(),
        };

    private static IEnumerable<JsonNode> Statuses(JsonObject operation)
    {
        foreach (var (status, _) in operation["responses"] as JsonObject ?? [])
            if (int.TryParse(status, System.Globalization.CultureInfo.InvariantCulture, out var code))
                yield return new JsonObject
                {
                    ["statusCode"] = code,
                    ["representations"] = new JsonArray(),
                    ["headers"] = new JsonArray(),
                };
    }

    private static string? Text(JsonNode? node) =>
        node is JsonValue value
            ? value.TryGetValue<string>(out var text)
                ? text
                : value.ToJsonString()
            : null;
}
