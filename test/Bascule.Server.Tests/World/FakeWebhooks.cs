using System.Collections.Concurrent;
using System.Text;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Server.Tests.World;

/// <summary>Reads bodies that tests made up; each stands for the event it was made for.</summary>
internal sealed class FakeWebhooks : IWebhookReader
{
    private readonly ConcurrentDictionary<string, ForgeEvent> _events = new();

    public byte[] BodyOf(ForgeEvent happened)
    {
        var body = $"body {_events.Count}";
        _events[body] = happened;
        return Encoding.UTF8.GetBytes(body);
    }

    public Result<SignedDelivery> Verify(WebhookRequest request, IReadOnlyList<Secret> secrets) =>
        Problem.Unauthenticated("nothing is signed here");

    public Result<ForgeEvent> Parse(SignedDelivery delivery) =>
        _events.TryGetValue(Encoding.UTF8.GetString(delivery.Json.Span), out var happened)
            ? Result.Of(happened)
            : Problem.Invalid("no such body");
}
