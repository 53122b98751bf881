using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Deliveries;
using Bascule.Core.Forges;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Connections;

namespace Bascule.Server.Events;

/// <summary>Reads a stored delivery again as the event it claims, and writes it into the audit log before anything follows from it.</summary>
internal sealed class DeliveryReader(IDeliveryStore deliveries, ForgeConnections forges, AuditTrail audit)
{
    /// <summary>Returns once the entry is durable.</summary>
    public async Task<Result<(Delivery Delivery, ForgeEvent Happened)>> ReadAsync(
        string uid,
        CancellationToken cancellationToken
    )
    {
        var found = await FindAsync(uid, cancellationToken);
        if (found.Failed(out _))
            return found;
        if ((await audit.WriteAsync(Entry(found.Value.Delivery), cancellationToken)).Failed(out var unwritten))
            return unwritten;
        return found;
    }

    /// <summary>For deliveries from which nothing follows but their settlement: the entry is one of the changes.</summary>
    public async Task<Result<(Change Entry, ForgeEvent Happened)>> ReadForSettlementAsync(
        string uid,
        CancellationToken cancellationToken
    )
    {
        var found = await FindAsync(uid, cancellationToken);
        return found.Failed(out var unread)
            ? unread
            : (audit.Record(Entry(found.Value.Delivery)), found.Value.Happened);
    }

    private async Task<Result<(Delivery Delivery, ForgeEvent Happened)>> FindAsync(
        string uid,
        CancellationToken cancellationToken
    )
    {
        if (await deliveries.FindAsync(uid, cancellationToken) is not { } delivery)
            return Problem.NotFound($"delivery {uid} is not stored any more");
        if (forges.Find(delivery.Repository.ForgeUid) is not { } connection)
            return Problem.NotFound("its forge is not in the settings any more");
        var parsed = connection.Forge.Webhooks.Parse(
            new SignedDelivery(delivery.DeliveryId, delivery.EventName, delivery.Json)
        );
        return parsed.Failed(out var malformed) ? malformed : (delivery, parsed.Value);
    }

    private static AuditEntry Entry(Delivery delivery) =>
        new(AuditTypes.DeliveryAccepted, $"webhook:{delivery.WebhookUid}")
        {
            Links = new Dictionary<string, string>
            {
                ["delivery"] = delivery.Uid,
                ["repository"] = delivery.Repository.ToString(),
            },
            Facts = new JsonObject
            {
                ["event"] = delivery.EventName,
                ["forge_delivery"] = delivery.DeliveryId,
                ["body_sha256"] = delivery.BodyDigest,
                ["standing"] = delivery.Standing.ToString().ToLowerInvariant(),
                ["received"] = delivery.ReceivedAt.ToUnixTimeMilliseconds(),
            },
        };
}

/// <summary>Deliveries that change nothing are settled with the reason.</summary>
internal sealed class IgnoredEventHandler(DeliveryReader deliveries) : IWorkHandler
{
    public string Kind => EventWork.Ignored;

    public async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        var read = await deliveries.ReadForSettlementAsync(item.Subject, cancellationToken);
        return read.Failed(out var unreadable)
            ? EventRetry.Unread(item, unreadable)
            : WorkResult.Finished(read.Value.Entry, new SettleDelivery(item.Subject, Describe(read.Value.Happened)));
    }

    private static string Describe(ForgeEvent happened) =>
        happened switch
        {
            IgnoredEvent ignored => $"ignored, {ignored.Because}",
            PingHint => "probe received",
            _ => "nothing to do",
        };
}
