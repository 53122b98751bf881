using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Web;
using Bascule.Simulators.Azure.Resources;

namespace Bascule.Simulators.Tests.OpenApi;

/// <summary>
/// Microsoft's descriptions of one provider, where they are at hand, and the comparison of what was really said with them: a request that was taken, and every answer.
/// </summary>
public sealed class ArmDescriptions
{
    private const string Specifications = "azure-rest-api-specs/specification";
    private readonly Lazy<SwaggerFolder?> _swagger;
    private readonly string _definitions;
    private readonly string _common;
    private readonly string[] _promises;

    /// <param name="folder">Below the specifications.</param>
    /// <param name="files">Whose paths are described.</param>
    /// <param name="definitions">File of the definitions.</param>
    /// <param name="common">Version of the common types.</param>
    /// <param name="promises">Headers that tell where to ask for what takes long.</param>
    private ArmDescriptions(string folder, string[] files, string definitions, string common, string[] promises)
    {
        _definitions = $"{Specifications}/{folder}/{definitions}.json";
        _common = $"{Specifications}/common-types/resource-management/{common}/types.json";
        _promises = promises;
        _swagger = new(() =>
            SpecsFactAttribute.Directory is null
                ? null
                : new SwaggerFolder(files.Select(file => FileOf($"{Specifications}/{folder}/{file}.json")))
        );
    }

    /// <summary>Of 2023-09-01-preview; for what is compared here 2024-05-01 is the same.</summary>
    public static ArmDescriptions ApiManagement { get; } =
        new(
            "apimanagement/resource-manager/Microsoft.ApiManagement/preview/2023-09-01-preview",
            [
                "apimapis",
                "apimnamedvalues",
                "apimapiversionsets",
                "apimbackends",
                "apimloggers",
                "apimpolicyfragments",
                "apimdiagnostics",
                "apimpolicies",
                "apimproducts",
                "apimdeployment",
            ],
            "definitions",
            "v5",
            ["Location", "Azure-AsyncOperation"]
        );

    public static ArmDescriptions MachineLearning { get; } =
        new(
            "machinelearningservices/resource-manager/Microsoft.MachineLearningServices/stable/2024-04-01",
            ["mfe", "machineLearningServices"],
            "mfe",
            "v3",
            ["Location", "Retry-After"]
        );

    /// <summary>Null where the descriptions are absent.</summary>
    public JsonObject? Definition(string name) =>
        _swagger.Value is { } swagger ? swagger.Definition(FileOf(_definitions), name) : null;

    /// <summary>Names of what may be written, with a mark where it must be.</summary>
    public IEnumerable<string> Writable(string definition)
    {
        var (fields, required) = (new Dictionary<string, JsonObject>(), new HashSet<string>());
        Gather(Definition(definition)!);
        return fields
            .Where(field => field.Value["readOnly"]?.GetValue<bool>() != true)
            .Select(field => required.Contains(field.Key) ? field.Key + "!" : field.Key);

        void Gather(JsonObject part)
        {
            part = _swagger.Value!.Resolve(part);
            foreach (var inner in part["allOf"] as JsonArray ?? [])
                Gather(inner!.AsObject());
            foreach (var (name, field) in part["properties"] as JsonObject ?? [])
                fields[name] = field!.AsObject();
            required.UnionWith((part["required"] as JsonArray ?? []).Select(name => name!.GetValue<string>()));
        }
    }

    /// <summary>What is not as described; nothing where the descriptions are absent.</summary>
    public IReadOnlyList<string> Faults(IEnumerable<ArmExchange> exchanges) => [.. exchanges.SelectMany(Check)];

    public IReadOnlyList<string> Check(ArmExchange exchange)
    {
        if (_swagger.Value is not { } swagger)
            return [];
        // The files are read when they are needed, by tests side by side.
        lock (swagger)
        {
            var faults = exchange.Status >= 400 ? Error(swagger, exchange) : Taken(swagger, exchange);
            return [.. faults.Select(fault => $"{exchange.Method} {exchange.Path} {exchange.Status}: {fault}")];
        }
    }

    private IEnumerable<string> Taken(SwaggerFolder swagger, ArmExchange exchange)
    {
        var path = Uri.UnescapeDataString(exchange.Path);
        if (path.Contains("/tenant/operationResults/", StringComparison.Ordinal))
            return Body(swagger, exchange, swagger.Definition(FileOf(_common), "OperationStatusResult"));
        if (
            exchange.Query.Contains("asyncId=", StringComparison.Ordinal)
            || path.Contains("/mfeOperationResults/", StringComparison.Ordinal)
        )
            return Polled(swagger, exchange, path);
        return swagger.Find(exchange.Method, path) is { } operation
            ?
            [
                .. Parameters(swagger, exchange, operation, path),
                .. Request(swagger, exchange, operation),
                .. Reply(swagger, exchange, operation),
            ]
            : ["nothing like it is described"];
    }

    private IEnumerable<string> Polled(SwaggerFolder swagger, ArmExchange exchange, string path) =>
        exchange.Status is 202 or 204
            ? exchange.Answer.Length == 0
                ? []
                : ["it has a body"]
            : exchange.Answer.Length == 0
                ? []
                : swagger.Find("GET", path) is { } operation
                    ? Reply(swagger, exchange, operation)
                    : ["nothing like it is described"];

    private static IEnumerable<string> Parameters(
        SwaggerFolder swagger,
        ArmExchange exchange,
        OpenApiOperation operation,
        string path
    )
    {
        var check = new SchemaCheck(swagger, isRequest: true);
        var asked = HttpUtility.ParseQueryString(exchange.Query);
        var template = operation.Name[(operation.Name.IndexOf(' ', StringComparison.Ordinal) + 1)..].Split('/');
        var given = path.Split('/');
        foreach (var name in asked.AllKeys)
            if (!operation.Parameters.Any(p => IsNamed(p, "query", name!)))
                yield return $"the query parameter '{name}' is not described";
        if (exchange.IfMatch is not null && !operation.Parameters.Any(p => IsNamed(p, "header", "If-Match")))
            yield return "the header If-Match is not described";
        foreach (var described in operation.Parameters)
        {
            var (name, place) = (described["name"]!.GetValue<string>(), described["in"]!.GetValue<string>());
            var value = place switch
            {
                "query" => asked[name],
                "header" => exchange.IfMatch,
                "path" => given[Array.IndexOf(template, $"{{{name}}}")],
                _ => "",
            };
            if (value is null && described["required"]?.GetValue<bool>() == true)
                yield return $"the {place} parameter '{name}' is missing";
            if (value is null || place == "body")
                continue;
            foreach (var fault in check.Faults(Typed(described, value), Schema(described), name))
                yield return fault;
        }
    }

    private static bool IsNamed(JsonObject parameter, string place, string name) =>
        parameter["in"]!.GetValue<string>() == place && parameter["name"]!.GetValue<string>() == name;

    private static JsonObject Schema(JsonObject parameter)
    {
        var schema = parameter.DeepClone().AsObject();
        foreach (var name in (string[])["name", "in", "required"])
            schema.Remove(name);
        return schema;
    }

    private static JsonNode Typed(JsonObject parameter, string value) =>
        parameter["type"]!.GetValue<string>() switch
        {
            "integer" when long.TryParse(value, CultureInfo.InvariantCulture, out var number) => number,
            "boolean" when bool.TryParse(value, out var flag) => flag,
            _ => value,
        };

    private static IEnumerable<string> Request(SwaggerFolder swagger, ArmExchange exchange, OpenApiOperation operation)
    {
        var described = operation.Parameters.FirstOrDefault(p => p["in"]!.GetValue<string>() == "body");
        if (described is null)
            return exchange.Body.Length > 0 ? ["it takes no body"] : [];
        if (exchange.ContentType?.Split(';')[0] != "application/json")
            return [$"the body is said to be {exchange.ContentType}"];
        return new SchemaCheck(swagger, isRequest: true).Faults(
            JsonNode.Parse(exchange.Body),
            described["schema"]!.AsObject(),
            "request"
        );
    }

    private IEnumerable<string> Reply(SwaggerFolder swagger, ArmExchange exchange, OpenApiOperation operation)
    {
        var status = exchange.Status.ToString(CultureInfo.InvariantCulture);
        var isLong = operation.Json["x-ms-long-running-operation"]?.GetValue<bool>() == true;
        if (operation.Json["responses"]![status] is not JsonObject listed)
            return isLong && exchange.Status == 202 ? Promise(exchange) : ["this status is not described"];
        if (exchange.Status == 202)
            return Promise(exchange);
        var missing = (listed["headers"] as JsonObject ?? [])
            .Select(header => header.Key)
            .Where(name => name == "ETag" && !exchange.Headers.ContainsKey(name))
            .Where(_ => !exchange.Headers.ContainsKey("Location"))
            .Select(name => $"the header {name} is missing");
        if (listed["schema"] is not JsonObject schema)
            return [.. missing, .. exchange.Answer.Length > 0 ? ["it has a body"] : Array.Empty<string>()];
        return [.. missing, .. Body(swagger, exchange, schema)];
    }

    private IEnumerable<string> Promise(ArmExchange exchange) =>
        _promises.All(exchange.Headers.ContainsKey) ? [] : ["it does not say where to ask"];

    private IEnumerable<string> Error(SwaggerFolder swagger, ArmExchange exchange) =>
        exchange.Method == "HEAD" ? [] : Body(swagger, exchange, swagger.Definition(FileOf(_common), "ErrorResponse"));

    private static IEnumerable<string> Body(SwaggerFolder swagger, ArmExchange exchange, JsonObject schema)
    {
        try
        {
            return new SchemaCheck(swagger, isRequest: false).Faults(JsonNode.Parse(exchange.Answer), schema, "answer");
        }
        catch (JsonException error)
        {
            return [$"the answer is no JSON: {error.Message}"];
        }
    }

    private static string FileOf(string path) => Path.Join(SpecsFactAttribute.Directory!, path);
}
