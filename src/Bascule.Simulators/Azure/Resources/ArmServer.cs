using System.Text;
using System.Text.Json;
using Bascule.Simulators.Databricks;
using Bascule.Simulators.Databricks.Traffic;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Bascule.Simulators.Azure.Resources;

/// <summary>Every request: spoiled when a fault waits for it, otherwise let in or not, answered and written down.</summary>
internal sealed class ArmServer(
    IArmService service,
    ArmScope scope,
    ArmAccess access,
    ArmTraffic traffic,
    Faults faults,
    TimeProvider time
)
{
    private const int LargestBody = 8 * 1024 * 1024;
    private readonly Lock _gate = new();
    private readonly HashSet<string> _held = new(StringComparer.OrdinalIgnoreCase);

    public Func<string, string, Task>? OnRequest { get; set; }

    public async Task HandleAsync(HttpContext context)
    {
        var (request, path) = (context.Request, context.Request.Path.Value ?? "/");
        context.Response.Headers["X-Simulator"] = scope.Provider.Label;
        context.Response.Headers.Date = time.GetUtcNow().ToString("r");
        var text = await ReadAsync(request, context.RequestAborted);
        var fault = faults.Take(request.Method, path, fromJob: false);
        if (fault is not null && await ReplyWriter.SpoilAsync(context, fault))
            return;
        var failure = IsWrite(request.Method) ? traffic.Failures.Take() : null;
        if (failure == WriteFailure.LostBefore)
        {
            context.Abort();
            return;
        }
        var refusal = failure == WriteFailure.InternalAfter ? null : WriteFailures.Answer(failure, service.Conflict);
        var reply = refusal ?? await AnswerAsync(request, path, text, context.RequestAborted);
        Sign(reply, request);
        Record(context, text, reply);
        if (failure == WriteFailure.LostAfter || fault?.Kind == FaultKind.AbortAfter)
            context.Abort();
        else
            await WriteAsync(
                context,
                WriteFailures.Answer(failure, service.Conflict) is { } spoilt ? Signed(spoilt, request) : reply,
                fault
            );
    }

    private async Task<ArmReply> AnswerAsync(
        HttpRequest http,
        string path,
        string text,
        CancellationToken cancellationToken
    )
    {
        if (access.Identify(http.Headers.Authorization, out var stranger) is not { } claims)
            return stranger!;
        if (Version(http.Query) is { } wrong)
            return wrong;
        var (header, left, refusal) = traffic.Take(http.Method);
        if (refusal is not null || scope.Below(path, out refusal) is not { } below)
            return refusal!.With(header, left);
        var request = new ArmRequest(
            http.Method,
            path,
            below,
            http.Query,
            Header(http, "If-Match"),
            http.ContentType,
            text
        );
        refusal = access.Refuse(claims, service.Needed(request));
        return (refusal ?? await HoldAsync(request, Header(http, "If-None-Match"), cancellationToken)).With(
            header,
            left
        );
    }

    private async Task<ArmReply> HoldAsync(ArmRequest request, string? ifNoneMatch, CancellationToken cancellationToken)
    {
        if (ifNoneMatch is not null)
            return ArmReply.Unknown("the header If-None-Match; no operation describes it");
        var held = IsWrite(request.Method) ? service.Held(request) : null;
        lock (_gate)
            if (held is not null && !_held.Add(held))
                return service.Conflict();
        var begun = traffic.Clock.Begin();
        try
        {
            await traffic.WaitAsync(cancellationToken);
            traffic.Count(service.Topic(request), IsWrite(request.Method));
            if (OnRequest is { } wait)
                await wait(request.Method, string.Join('/', request.Below));
            lock (_gate)
                return service.Answer(request);
        }
        finally
        {
            traffic.Clock.End(begun);
            lock (_gate)
                if (held is not null)
                    _held.Remove(held);
        }
    }

    /// <summary>What a test does to the state happens between two requests.</summary>
    public T Locked<T>(Func<T> act)
    {
        lock (_gate)
            return act();
    }

    private bool IsWrite(string method) => scope.Provider.Writes.Contains(method);

    private ArmReply? Version(IQueryCollection query) =>
        !query.TryGetValue("api-version", out var given)
            ? ArmReply.Refuse(
                400,
                "MissingApiVersionParameter",
                "The api-version query parameter (?api-version=) is required for all requests."
            )
        : given != scope.Provider.ApiVersion
            ? ArmReply.Refuse(
                400,
                "NoRegisteredProviderFound",
                $"No registered resource provider found for API version '{given}'. The supported api-versions are '{scope.Provider.ApiVersion}'."
            )
        : null;

    private static string? Header(HttpRequest request, string name) =>
        request.Headers.TryGetValue(name, out var values) ? values.ToString() : null;

    private static ArmReply Signed(ArmReply reply, HttpRequest request)
    {
        Sign(reply, request);
        return reply;
    }

    private static void Sign(ArmReply reply, HttpRequest request)
    {
        var id = Guid.NewGuid().ToString();
        reply.Headers["x-ms-request-id"] = id;
        reply.Headers["x-ms-correlation-request-id"] = Header(request, "x-ms-correlation-request-id") ?? id;
    }

    private void Record(HttpContext context, string text, ArmReply reply)
    {
        var request = context.Request;
        var raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        traffic.Record(
            new(
                request.Method,
                raw.Split('?')[0],
                request.QueryString.Value ?? "",
                request.ContentType,
                Header(request, "If-Match"),
                Header(request, "x-ms-correlation-request-id"),
                text,
                reply.Status,
                reply.Headers,
                request.Method == HttpMethods.Head ? "" : reply.Body?.ToJsonString() ?? ""
            )
        );
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

    private static async Task WriteAsync(HttpContext context, ArmReply reply, Fault? fault)
    {
        if (reply.Body is { } body)
            fault?.Change?.Invoke(body);
        context.Response.StatusCode = reply.Status;
        foreach (var (name, value) in reply.Headers)
            context.Response.Headers[name] = value;
        if (reply.Body is not { } json || context.Request.Method == HttpMethods.Head)
            return;
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(json), context.RequestAborted);
    }
}
