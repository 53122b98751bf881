using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Bascule.Core;
using Bascule.Core.Forges;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Shouldly;

namespace Bascule.Testing.Forges;

/// <summary>Receives webhooks on loopback, and holds each to the promise that our reader verifies and understands it.</summary>
public sealed class HookReceiver : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly WebApplication _application;
    private readonly IWebhookReader _reader;
    private readonly ConcurrentQueue<WebhookRequest> _requests = [];

    private HookReceiver(WebApplication application, IWebhookReader reader) =>
        (_application, _reader) = (application, reader);

    public Secret Secret { get; } = new(Guid.NewGuid().ToString("N"));

    public Uri Url => new(_application.Urls.Single() + "/hook");

    /// <summary>As received, in order.</summary>
    public IReadOnlyList<WebhookRequest> Requests => [.. _requests];

    public static async Task<HookReceiver> StartAsync(IWebhookReader reader)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var receiver = new HookReceiver(builder.Build(), reader);
        receiver._application.Run(receiver.ReceiveAsync);
        await receiver._application.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    /// <summary>Waits for an event; every delivery on the way must verify with our secret and parse.</summary>
    public async Task<T> EventAsync<T>(Func<T, bool> isWanted)
        where T : ForgeEvent
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < Patience)
        {
            if (Events().OfType<T>().FirstOrDefault(isWanted) is { } found)
                return found;
            await Task.Delay(Pause);
        }
        throw new TimeoutException(
            $"no such {typeof(T).Name} within {Patience}; received: {string.Join("; ", Events())}"
        );
    }

    public IReadOnlyList<ForgeEvent> Events() => [.. _requests.Select(Read)];

    private ForgeEvent Read(WebhookRequest request)
    {
        var verified = _reader.Verify(request, [Secret]);
        verified.Problem.ShouldBeNull();
        var parsed = _reader.Parse(verified.Value);
        parsed.Problem.ShouldBeNull();
        return parsed.Value;
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var headers = context.Request.Headers.SelectMany(header =>
            header.Value.Select(value => KeyValuePair.Create(header.Key, value ?? ""))
        );
        _requests.Enqueue(new WebhookRequest([.. headers], body.ToArray()));
        context.Response.StatusCode = StatusCodes.Status202Accepted;
    }
}
