using System.Security.Cryptography;
using System.Text;
using Bascule.Core.Deliveries;
using Bascule.Core.Forges;
using Bascule.Core.Work;

namespace Bascule.Storage.Crash;

internal static class Deliveries
{
    /// <summary>One as a forge sends it for a push: about 6 kB, another body and another id each time.</summary>
    public static (Delivery Delivery, NewWork Work) Make(string webhook, int number, DateTimeOffset now)
    {
        var body = Encoding.UTF8.GetBytes(
            $$"""{"number":"{{webhook}}-{{number}}","padding":"{{new string('x', 6000)}}"}"""
        );
        var delivery = new Delivery
        {
            Uid = Guid.CreateVersion7().ToString("N"),
            WebhookUid = webhook,
            Repository = new RepositoryKey("f-crash", 1),
            DeliveryId = Guid.NewGuid().ToString(),
            EventName = "push",
            BodyDigest = Convert.ToHexStringLower(SHA256.HashData(body)),
            Json = body,
            ReceivedAt = now,
        };
        return (delivery, new NewWork($"delivery/{webhook}", "delivery", delivery.Uid, now));
    }
}
