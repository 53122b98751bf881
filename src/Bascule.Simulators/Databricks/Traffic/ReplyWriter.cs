using System.Text.Json.Nodes;
using Bascule.Simulators.Databricks.Wire;
using Microsoft.AspNetCore.Http;

namespace Bascule.Simulators.Databricks.Traffic;

/// <summary>Puts answers, true and false ones, on the wire.</summary>
internal static class ReplyWriter
{
    public static async Task WriteAsync(HttpContext context, ApiReply reply)
    {
        context.Response.StatusCode = reply.Status;
        foreach (var (name, value) in reply.Headers)
            context.Response.Headers[name] = value;
        if (reply.Bytes is { } bytes)
            await WriteAsync(context, bytes, "application/octet-stream");
        else if (reply.Json is { } json && context.Request.Method != HttpMethods.Head)
            await WriteAsync(context, System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()), "application/json");
    }

    public static async Task WriteAsync(HttpContext context, Fault fault)
    {
        context.Response.StatusCode = fault.Status;
        foreach (var (name, value) in fault.Headers)
            context.Response.Headers[name] = value;
        if (fault.Body.Length > 0)
            await WriteAsync(context, System.Text.Encoding.UTF8.GetBytes(fault.Body), fault.ContentType);
    }

    /// <summary>Answers as the fault has it, instead of whoever would. False for a fault that comes after the true answer.</summary>
    public static async Task<bool> SpoilAsync(HttpContext context, Fault fault)
    {
        switch (fault.Kind)
        {
            case FaultKind.Answer:
                await WriteAsync(context, fault);
                return true;
            case FaultKind.EndlessBody:
                await WriteEndlesslyAsync(context);
                return true;
            case FaultKind.Silence:
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
                return true;
            case FaultKind.AbortBefore:
                context.Abort();
                return true;
            default:
                return false;
        }
    }

    /// <summary>Until the client has had enough.</summary>
    private static async Task WriteEndlesslyAsync(HttpContext context)
    {
        var chunk = new byte[64 * 1024];
        Array.Fill(chunk, (byte)'x');
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync("{\"x\":\""u8.ToArray(), context.RequestAborted);
        while (!context.RequestAborted.IsCancellationRequested)
            await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
    }

    /// <summary>Absent fields are absent, never null.</summary>
    public static void Prune(JsonNode? node)
    {
        if (node is JsonArray list)
            foreach (var item in list)
                Prune(item);
        if (node is not JsonObject json)
            return;
        foreach (var name in json.Where(f => f.Value is null).Select(f => f.Key).ToList())
            json.Remove(name);
        foreach (var (_, value) in json)
            Prune(value);
    }

    private static Task WriteAsync(HttpContext context, byte[] bytes, string contentType)
    {
        context.Response.ContentType = contentType;
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }
}
