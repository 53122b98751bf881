using System.Globalization;
using System.Text;
using Bascule.Simulators.Databricks;
using Bascule.Simulators.Databricks.Traffic;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Bascule.Simulators.Airflow.Wire;

/// <summary>Every request: spoiled when a fault waits for it, otherwise answered and written down.</summary>
internal sealed class AirflowServer(IAirflowApi api, Faults faults, Lock gate, TimeProvider time)
{
    private const int LargestBody = 8 * 1024 * 1024;
    private const int Kept = 10_000;
    private readonly Queue<RecordedExchange> _exchanges = new();

    public IReadOnlyList<RecordedExchange> Exchanges
    {
        get
        {
            lock (_exchanges)
                return [.. _exchanges];
        }
    }

    public async Task HandleAsync(HttpContext context)
    {
        context.Response.Headers["X-Simulator"] = "bascule-airflow";
        context.Response.Headers.Date = time.GetUtcNow().ToString("r", CultureInfo.InvariantCulture);
        var (request, path) = (context.Request, context.Request.Path.Value ?? "/");
        var body = await ReadAsync(request, context.RequestAborted);
        var fault = faults.Take(request.Method, path, fromJob: false);
        if (fault is not null && await ReplyWriter.SpoilAsync(context, fault))
            return;
        var received = time.GetUtcNow();
        var reply = await AnswerAsync(request, path, body, context.RequestAborted);
        Record(context, body, reply, received);
        if (fault?.Kind == FaultKind.AbortAfter)
            context.Abort();
        else
            await WriteAsync(context, Changed(reply, fault));
    }

    private async Task<AirflowReply> AnswerAsync(
        HttpRequest request,
        string path,
        string body,
        CancellationToken cancellationToken
    )
    {
        if (api.Beside(request, body) is { } beside)
            return beside;
        if (!path.StartsWith(api.Base + "/", StringComparison.Ordinal))
            return api.Refuse(404, "Not Found");
        var below = path[api.Base.Length..];
        var fitting = api.Routes.Where(route => route.Match(below) is not null).ToList();
        if (fitting.Count == 0)
            return api.Refuse(404, "Not Found");
        if (fitting.Find(route => route.Method == request.Method) is not { } route)
            return api.Refuse(405, "Method Not Allowed");
        var (user, stranger) = await api.AuthenticateAsync(request, cancellationToken);
        if (user is null)
            return stranger!;
        if (user.Role < route.Role)
            return api.Refuse(403, "Forbidden");
        return Answer(route, user, request, below, body);
    }

    private AirflowReply Answer(AirflowRoute route, AirflowUser user, HttpRequest request, string below, string body)
    {
        if (request.Query.Keys.FirstOrDefault(name => !route.Queries.Contains(name)) is { } unknown)
            return api.Refuse(501, $"The Airflow simulator does not know the query parameter '{unknown}'.");
        if (QueryCheck.Fault(request.Query, route.Queries) is { } wrong)
            return api.RefuseQuery(wrong.Name, wrong.Value, wrong.Words);
        System.Text.Json.JsonElement fields = default;
        if (route.Fields is { } known)
        {
            if (request.ContentType?.Split(';')[0].Trim() != "application/json")
                return api.RefuseContentType(request.ContentType, body);
            if (BodyCheck.Read(body, known, route.Required, out fields) is { } fault)
                return api.Refuse(fault);
        }
        lock (gate)
            return route.Answer(
                new(user, route.Match(below)!, request.Query, fields, request.Headers.Accept.ToString())
            );
    }

    private void Record(HttpContext context, string body, AirflowReply reply, DateTimeOffset received)
    {
        var request = context.Request;
        var raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        lock (_exchanges)
        {
            _exchanges.Enqueue(
                new(
                    request.Method,
                    raw.Split('?')[0],
                    request.QueryString.Value ?? "",
                    request.ContentType,
                    request.Headers.Authorization,
                    body,
                    reply.Status,
                    reply.ContentType,
                    reply.Body
                )
                {
                    ReceivedAt = received,
                }
            );
            if (_exchanges.Count > Kept)
                _exchanges.Dequeue();
        }
    }

    private static async Task<string> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        for (int read; (read = await request.Body.ReadAsync(chunk, cancellationToken)) > 0; )
            if (buffer.Length + read <= LargestBody)
                await buffer.WriteAsync(chunk.AsMemory(0, read), cancellationToken);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static AirflowReply Changed(AirflowReply reply, Fault? fault)
    {
        if (fault?.Change is not { } change || System.Text.Json.Nodes.JsonNode.Parse(reply.Body) is not { } json)
            return reply;
        change(json.AsObject());
        return reply with { Body = json.ToJsonString() };
    }

    private static async Task WriteAsync(HttpContext context, AirflowReply reply)
    {
        context.Response.StatusCode = reply.Status;
        context.Response.ContentType = reply.ContentType;
        foreach (var (name, value) in reply.Headers)
            context.Response.Headers[name] = value;
        await context.Response.WriteAsync(reply.Body, context.RequestAborted);
    }
}
