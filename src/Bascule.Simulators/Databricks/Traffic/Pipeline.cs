using Bascule.Simulators.Databricks.Access;
using Bascule.Simulators.Databricks.Wire;
using Microsoft.AspNetCore.Http;

namespace Bascule.Simulators.Databricks.Traffic;

/// <summary>Every request: recorded, spoiled when a fault waits for it, otherwise answered.</summary>
internal sealed class Pipeline(Api api, AccessTokens tokens, Faults faults, RequestLog log, TimeProvider time)
{
    private const int LargestBody = 256 * 1024 * 1024;
    private const string Mark = "X-Simulator";

    public Func<string, string, RequestPhase, Task>? OnRequest { get; set; }

    public async Task HandleAsync(HttpContext context)
    {
        context.Response.Headers[Mark] = "bascule-databricks";
        var (request, path) = (context.Request, context.Request.Path.Value ?? "/");
        if (await ReadAsync(request, context.RequestAborted) is not { } body)
        {
            await ReplyWriter.WriteAsync(context, ApiReply.Refuse(413, "MAX_REQUEST_SIZE_EXCEEDED", "Body too large."));
            return;
        }
        var fromJob = tokens.IsJob(request.Headers.Authorization);
        var (query, credential) = (request.QueryString.Value ?? "", (string?)request.Headers.Authorization);
        log.Add(new(time.GetUtcNow(), request.Method, path, query, credential, body, fromJob));
        var fault = faults.Take(request.Method, path, fromJob);
        if (fault is not null && await ReplyWriter.SpoilAsync(context, fault))
            return;
        await NotifyAsync(request.Method, path, RequestPhase.Before);
        var reply = await api.AnswerAsync(request, body, context.RequestAborted);
        await NotifyAsync(request.Method, path, RequestPhase.After);
        if (fault?.Kind == FaultKind.AbortAfter)
            context.Abort();
        else
        {
            if (fault?.Kind == FaultKind.Forge && reply.Json is { } json)
                fault.Change!(json);
            await ReplyWriter.WriteAsync(context, reply);
        }
    }

    private static async Task<byte[]?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        var chunk = new byte[64 * 1024];
        for (int read; (read = await request.Body.ReadAsync(chunk, cancellationToken)) > 0; )
        {
            if (buffer.Length + read > LargestBody)
                return null;
            await buffer.WriteAsync(chunk.AsMemory(0, read), cancellationToken);
        }
        return buffer.ToArray();
    }

    private Task NotifyAsync(string method, string path, RequestPhase phase) =>
        OnRequest?.Invoke(method, path, phase) ?? Task.CompletedTask;
}
