using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Simulators.Databricks.Traffic;
using Microsoft.AspNetCore.Http;

namespace Bascule.Simulators.Secrets;

/// <summary>What the simulated sources of secrets have in common: https under a private CA, a clock, and a record of what was asked.</summary>
public abstract class SimulatedService : IAsyncDisposable
{
    private const int LargestBody = 1 << 20;
    private readonly Listener _listener;
    private readonly ConcurrentQueue<string> _asked = new();
    private readonly TokenCheck _tokens;

    private protected SimulatedService(LoopbackAuthority authority, TimeProvider time)
    {
        Time = time;
        _tokens = new TokenCheck(authority.CaPem, time);
        _listener = new Listener(0, authority.ServerCertificate, HandleAsync);
    }

    /// <summary>With port, without path.</summary>
    public Uri Url => _listener.Url;

    /// <summary>Method and path of each request, refused ones included.</summary>
    public IReadOnlyList<string> Asked => [.. _asked];

    private protected TimeProvider Time { get; }

    /// <summary>Connections break and new ones are refused until <see cref="Resume"/>.</summary>
    public void GoOffline() => _listener.GoOffline();

    public void Resume() => _listener.Resume();

    public virtual async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        _tokens.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected Task ListenAsync(CancellationToken cancellationToken) => _listener.StartAsync(cancellationToken);

    private protected Task<TokenFault?> JudgeAsync(
        string token,
        TrustedIssuer trusted,
        CancellationToken cancellationToken
    ) => _tokens.JudgeAsync(token, trusted, cancellationToken);

    private protected abstract Task<ServiceAnswer> AnswerAsync(
        ServiceRequest request,
        CancellationToken cancellationToken
    );

    private async Task HandleAsync(HttpContext context)
    {
        _asked.Enqueue($"{context.Request.Method} {context.Request.Path}");
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var answer =
            body.Length > LargestBody
                ? new ServiceAnswer(413, "")
                : await AnswerAsync(new ServiceRequest(context.Request, body.ToArray()), context.RequestAborted);
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType;
        foreach (var (name, value) in answer.Headers)
            context.Response.Headers[name] = value;
        await context.Response.WriteAsync(answer.Body, context.RequestAborted);
    }
}

internal sealed record ServiceRequest(HttpRequest Http, byte[] Body)
{
    public string Method => Http.Method;

    public string Path => Http.Path.Value ?? "";

    public string? Header(string name) => Http.Headers.TryGetValue(name, out var value) ? value.ToString() : null;

    /// <summary>Null when the body is no JSON object, or not said to be JSON.</summary>
    public JsonObject? Json()
    {
        if (Http.ContentType?.StartsWith("application/", StringComparison.Ordinal) != true)
            return null;
        try
        {
            return JsonNode.Parse(Body) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A form's fields; none when the body is no form.</summary>
    public Dictionary<string, string> Form() =>
        Http.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.Ordinal) == true
            ? System
                .Text.Encoding.UTF8.GetString(Body)
                .Split('&')
                .Select(pair => pair.Split('=', 2))
                .ToDictionary(pair => Decode(pair[0]), pair => Decode(pair[^1]))
            : [];

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}

internal sealed record ServiceAnswer(int Status, string Body, string ContentType = "application/json")
{
    public Dictionary<string, string> Headers { get; init; } = [];

    public static ServiceAnswer Json(int status, JsonNode body) => new(status, body.ToJsonString());
}
