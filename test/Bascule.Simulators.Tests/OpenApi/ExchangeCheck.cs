using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Web;
using Bascule.Simulators.Airflow;

namespace Bascule.Simulators.Tests.OpenApi;

/// <summary>Compares what was really said with what is described: a request that was taken, and every answer.</summary>
/// <param name="errorSchema">How refusals look that an operation does not list one by one.</param>
public sealed class ExchangeCheck(OpenApiDocument document, string errorSchema)
{
    private readonly SchemaCheck _requests = new(document, isRequest: true);
    private readonly SchemaCheck _answers = new(document, isRequest: false);

    /// <summary>Empty when all is as described.</summary>
    public IReadOnlyList<string> Faults(RecordedExchange exchange)
    {
        var prefix = document.Prefix;
        if (!exchange.Path.StartsWith(prefix, StringComparison.Ordinal))
            return [];
        var operation = document.Find(exchange.Method, exchange.Path[prefix.Length..]);
        var faults = operation is null
            ? Strange(exchange)
            : [.. Request(exchange, operation), .. Reply(exchange, operation)];
        return [.. faults.Select(fault => $"{exchange.Method} {exchange.Path} {exchange.Status}: {fault}")];
    }

    private IEnumerable<string> Strange(RecordedExchange exchange) =>
        exchange.Status is 404 or 405 ? Error(exchange) : ["nothing like it is described"];

    private IEnumerable<string> Request(RecordedExchange exchange, OpenApiOperation operation)
    {
        var asked = HttpUtility.ParseQueryString(exchange.Query);
        foreach (var name in asked.AllKeys)
        foreach (var fault in Query(operation, name!, asked[name]!, isTaken: exchange.Status < 300))
            yield return fault;
        if (exchange.Status >= 300)
            yield break;
        var described = operation.Json["requestBody"]?["content"]?["application/json"]?["schema"];
        if (described is null)
        {
            if (exchange.Body.Length > 0)
                yield return "it takes no body";
            yield break;
        }
        if (exchange.ContentType?.Split(';')[0] != "application/json")
            yield return $"the body is said to be {exchange.ContentType}";
        foreach (var fault in _requests.Faults(JsonNode.Parse(exchange.Body), described.AsObject(), "request"))
            yield return fault;
    }

    private IEnumerable<string> Query(OpenApiOperation operation, string name, string value, bool isTaken)
    {
        var described = operation.Parameters.FirstOrDefault(p =>
            p["in"]!.GetValue<string>() == "query" && p["name"]!.GetValue<string>() == name
        );
        if (described is null)
            return [$"the query parameter '{name}' is not described"];
        if (!isTaken)
            return [];
        var schema = document.Resolve(described["schema"]!.AsObject());
        JsonNode typed = schema["type"]?.GetValue<string>() switch
        {
            "integer" when long.TryParse(value, CultureInfo.InvariantCulture, out var number) => number,
            "boolean" when bool.TryParse(value, out var flag) => flag,
            _ => value,
        };
        return _requests.Faults(typed, schema, $"?{name}");
    }

    private IEnumerable<string> Reply(RecordedExchange exchange, OpenApiOperation operation)
    {
        var status = exchange.Status.ToString(CultureInfo.InvariantCulture);
        if (operation.Json["responses"]![status] is not JsonObject listed)
            return exchange.Status is >= 400 and < 500 ? Error(exchange)
                : exchange.Status == 500 ? []
                : ["this status is not described"];
        var content = document.Resolve(listed)["content"]?.AsObject();
        var type = exchange.AnswerType.Split(';')[0];
        var described = content?[type] ?? (content is null ? null : Kin(content, type));
        if (described is null)
            return [$"an answer of {type} is not described"];
        return Read(exchange, described["schema"]!.AsObject(), type);
    }

    /// <summary>Airflow 2 sends problems as application/problem+json and its sources as text/plain; its description has them otherwise.</summary>
    private static JsonNode? Kin(JsonObject content, string type) =>
        type switch
        {
            "application/problem+json" => content["application/json"],
            "text/plain" => content["plain/text"],
            _ => null,
        };

    private IEnumerable<string> Error(RecordedExchange exchange) =>
        Read(exchange, document.Schema(errorSchema), exchange.AnswerType);

    private IEnumerable<string> Read(RecordedExchange exchange, JsonObject schema, string type)
    {
        if (!type.EndsWith("json", StringComparison.Ordinal))
            return [];
        try
        {
            return _answers.Faults(JsonNode.Parse(exchange.Answer), schema, "answer");
        }
        catch (JsonException error)
        {
            return [$"the answer is no JSON: {error.Message}"];
        }
    }
}
