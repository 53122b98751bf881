using System.Text.Json;
using Bascule.Simulators.Databricks.Access;
using Bascule.Simulators.Databricks.Wire;
using Microsoft.AspNetCore.Http;

namespace Bascule.Simulators.Databricks.Traffic;

/// <summary>Answers one request: who asks, may they now, is it well formed, then the operation itself.</summary>
internal sealed class Api(
    DatabricksSimulatorOptions options,
    FieldTable table,
    Routes routes,
    AccessTokens tokens,
    TokenExchange exchange,
    Lock gate
)
{
    private const string ExchangePath = "/oidc/v1/token";
    private readonly RequestReader _reader = new(table);
    private readonly FieldCheck _check = new(table);
    private readonly RateLimits _limits = new(options.TimeProvider);

    public async Task<ApiReply> AnswerAsync(HttpRequest request, byte[] body, CancellationToken cancellationToken)
    {
        var path = request.Path.Value ?? "/";
        if (path == ExchangePath)
            return await ExchangeAsync(request, body, cancellationToken);
        if (!tokens.TryAuthenticate(request.Headers.Authorization, out var caller, out var refusal))
            return refusal;
        if (options.RateLimits && !_limits.Allows(request.Method, path))
            return Limited();
        if (!routes.TryFind(request.Method, path, out var route))
            return ApiReply.Refuse(404, "ENDPOINT_NOT_FOUND", $"No API found for '{request.Method} {path}'");
        return Answer(route, caller, request.Query, body);
    }

    private ApiReply Answer(Route route, Caller caller, IQueryCollection query, byte[] body)
    {
        var operation = table.Operations[route.Operation];
        var takesBytes = route.Operation.StartsWith("PUT /api/2.0/fs/files", StringComparison.Ordinal);
        if (!_reader.TryRead(operation.Request, query, takesBytes ? [] : body, out var fields, out var refusal))
            return refusal;
        ApiReply reply;
        lock (gate)
            reply = route.Handler(new ApiRequest(caller, fields, route.Parts, body));
        ReplyWriter.Prune(reply.Json);
        return reply.IsRefusal || operation.Reply is null ? reply : Checked(operation.Reply, reply);
    }

    // A simulator that answers what Databricks would not answer proves nothing: its own replies pass the same table.
    private ApiReply Checked(string type, ApiReply reply)
    {
        using var document = JsonDocument.Parse(reply.Json!.ToJsonString());
        return _check.Body(type, document.RootElement, requireAll: false) is { } fault
            ? ApiReply.Refuse(500, "INTERNAL_ERROR", $"The simulator's own answer is not a {type}: {fault}")
            : reply;
    }

    private async Task<ApiReply> ExchangeAsync(HttpRequest request, byte[] body, CancellationToken cancellationToken)
    {
        if (request.Method != HttpMethods.Post)
            return ApiReply.Refuse(405, "METHOD_NOT_ALLOWED", "Tokens are asked for with POST.");
        request.Body = new MemoryStream(body);
        if (!request.HasFormContentType)
            return ApiReply.Refuse(415, "invalid_request", "The body must be application/x-www-form-urlencoded.");
        var form = await request.ReadFormAsync(cancellationToken);
        var reply = await exchange.ExchangeAsync(form, request.Headers.ContainsKey("Authorization"), cancellationToken);
        reply.Headers["Cache-Control"] = "no-store";
        return reply;
    }

    private ApiReply Limited()
    {
        var reply = ApiReply.Refuse(429, "REQUEST_LIMIT_EXCEEDED", "Request rate limit of the workspace exceeded.");
        if (options.RetryAfter is { } after)
            reply.Headers["Retry-After"] = $"{(long)double.Ceiling(after.TotalSeconds)}";
        return reply;
    }
}
