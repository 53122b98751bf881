using System.Security.Cryptography;
using Bascule.Core;
using Bascule.Core.Deliveries;
using Bascule.Core.Forges;
using Bascule.Server.Audit;
using Bascule.Server.Connections;
using Bascule.Server.Events;
using Bascule.Server.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Intake;

/// <summary>What a forge is told about its delivery.</summary>
/// <param name="Ignored">Why nothing will follow; null when something may.</param>
internal sealed record Receipt(string Uid, DeliveryStanding Standing, string? Ignored);

/// <summary>Turns a request into a stored delivery: limit, signature over raw bytes, strict parse, mapping, durable append.</summary>
internal sealed partial class Receiver(
    WebhookRegistry webhooks,
    BodyReader bodies,
    IDeliveryStore deliveries,
    ForgeConnections forges,
    RefusalCounter refusals,
    FormerSecretCounter formers,
    SecretDrift drift,
    BasculeMetrics metrics,
    TimeProvider time,
    ILogger<Receiver> log
)
{
    public async Task<Result<Receipt>> ReceiveAsync(
        string uid,
        HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var source = request.HttpContext.Connection.RemoteIpAddress?.ToString() ?? "unknown";
        if (await webhooks.FindAsync(uid, cancellationToken) is not { } webhook)
            return Refuse(source, Problem.NotFound("no such webhook; run `bascule connect` to register it again"));
        var body = await bodies.ReadAsync(request, cancellationToken);
        if (body.Failed(out var tooLarge))
            return Refuse(source, tooLarge);
        var lines = Lines(request.Headers);
        var verified = Verify(webhook, lines, body.Value);
        if (
            verified.Problem is { Code: ProblemCode.Unauthenticated }
            && await webhooks.RereadAsync(uid, cancellationToken) is { } reread
        )
            verified = Verify(webhook = reread, lines, body.Value);
        if (verified.Failed(out var unverified))
        {
            await drift.NoteAsync(webhook.Uid, unverified, cancellationToken);
            return Refuse(source, unverified);
        }
        return await StoreAsync(webhook, verified.Value, source, cancellationToken);
    }

    private async Task<Result<Receipt>> StoreAsync(
        KnownWebhook webhook,
        SignedDelivery signed,
        string source,
        CancellationToken cancellationToken
    )
    {
        var parsed = webhook.Reader.Parse(signed);
        if (parsed.Failed(out var malformed))
        {
            Log.Malformed(log, webhook.Uid, signed.DeliveryId, malformed.Message);
            return Refuse(source, malformed);
        }
        if (ClaimedRepository(parsed.Value) is { } claimed && claimed != webhook.Repository.Id)
        {
            Log.WrongRepository(log, webhook.Uid, signed.DeliveryId, claimed, webhook.Repository.Id);
            return Refuse(
                source,
                Problem.Denied("the delivery speaks of a repository that this webhook does not belong to")
            );
        }
        var delivery = Deliver(webhook, signed);
        var work = EventWork.For(delivery, parsed.Value, time.GetUtcNow());
        using var span = Spans.Intake(delivery);
        var standing = await deliveries.AppendAsync(delivery, work, cancellationToken);
        span?.SetTag("bascule.standing", Word(standing));
        metrics.Delivered(forges.Find(delivery.Repository.ForgeUid)?.Name ?? "unknown", Word(standing));
        if (standing != DeliveryStanding.New)
            Log.Repeated(log, delivery.Uid, signed.DeliveryId, standing);
        return new Receipt(delivery.Uid, standing, (parsed.Value as IgnoredEvent)?.Because);
    }

    private Result<SignedDelivery> Verify(
        KnownWebhook webhook,
        List<KeyValuePair<string, string>> headers,
        ReadOnlyMemory<byte> body
    )
    {
        var request = new WebhookRequest(headers, body);
        var current = webhook.Reader.Verify(request, [webhook.Secret]);
        if (
            current.Problem is not { Code: ProblemCode.Unauthenticated }
            || webhook is not { FormerSecret: { } former, FormerSecretUntil: { } until }
            || until <= time.GetUtcNow()
        )
            return current;
        var underFormer = webhook.Reader.Verify(request, [former]);
        if (underFormer.Problem is null)
        {
            Log.FormerSecret(log, webhook.Uid, underFormer.Value.DeliveryId);
            formers.Count(webhook.Uid, until);
        }
        return underFormer;
    }

    private Delivery Deliver(KnownWebhook webhook, SignedDelivery signed) =>
        new()
        {
            // Ordered in time: it is an indexed key.
            Uid = "d-" + Guid.CreateVersion7(time.GetUtcNow()).ToString("N"),
            WebhookUid = webhook.Uid,
            Repository = webhook.Repository,
            DeliveryId = signed.DeliveryId,
            EventName = signed.EventName,
            BodyDigest = Convert.ToHexStringLower(SHA256.HashData(signed.Json.Span)),
            Json = signed.Json,
            ReceivedAt = time.GetUtcNow(),
        };

    private Problem Refuse(string source, Problem problem)
    {
        refusals.Count(source, problem.Code.ToString());
        metrics.Refused(problem.Code);
        return problem;
    }

    private static string Word(DeliveryStanding standing) => standing.ToString().ToLowerInvariant();

    private static long? ClaimedRepository(ForgeEvent happened) =>
        happened switch
        {
            RefHint hint => hint.RepositoryId,
            PullRequestHint hint => hint.RepositoryId,
            PingHint hint => hint.RepositoryId,
            _ => null,
        };

    private static List<KeyValuePair<string, string>> Lines(IHeaderDictionary headers)
    {
        var lines = new List<KeyValuePair<string, string>>(headers.Count);
        foreach (var (name, values) in headers)
        foreach (var value in values)
            lines.Add(new(name, value ?? ""));
        return lines;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Webhook {Webhook}: signed delivery {DeliveryId} is malformed: {Reason}")]
        public static partial void Malformed(ILogger log, string webhook, string deliveryId, string reason);

        [LoggerMessage(
            2,
            LogLevel.Error,
            "Webhook {Webhook}: delivery {DeliveryId} claims repository {Claimed}, the webhook belongs to {Owner}"
        )]
        public static partial void WrongRepository(
            ILogger log,
            string webhook,
            string deliveryId,
            long claimed,
            long owner
        );

        [LoggerMessage(3, LogLevel.Warning, "Delivery {Delivery} ({DeliveryId}) is {Standing}")]
        public static partial void Repeated(ILogger log, string delivery, string deliveryId, DeliveryStanding standing);

        [LoggerMessage(
            4,
            LogLevel.Warning,
            "Webhook {Webhook}: delivery {DeliveryId} was signed with the former secret"
        )]
        public static partial void FormerSecret(ILogger log, string webhook, string deliveryId);
    }
}
