using Bascule.Core;
using Bascule.Core.Deliveries;
using Bascule.Core.Work;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

internal static class DeliveryChanges
{
    public static DeliveryStanding Append(WriteSession session, Delivery delivery, NewWork work)
    {
        WebhookChanges.Touch(session, delivery.WebhookUid, delivery.ReceivedAt);
        var standing = Judge(session, delivery);
        if (standing == DeliveryStanding.Redelivered || !Insert(session, delivery, standing))
            return DeliveryStanding.Redelivered;
        WorkChanges.Add(session, work);
        return standing;
    }

    public static Problem? Settle(WriteSession session, SettleDelivery settle)
    {
        session
            .Prepared("UPDATE delivery SET outcome = $1 WHERE uid = $2")
            .Bind(settle.Outcome)
            .Bind(settle.Uid)
            .Send();
        return null;
    }

    /// <summary>The delivery's own row is changed first: whoever asks at the same time waits for it, and then finds the row of work.</summary>
    public static Problem? Replay(WriteSession session, NewWork work)
    {
        var delivery = new { Uid = work.Subject };
        if (session.Execute("UPDATE delivery SET outcome = NULL WHERE uid = @Uid", delivery) == 0)
            return Problem.Conflict($"delivery {work.Subject} is not stored any more");
        return session.Find<long>("SELECT count(*) FROM work WHERE subject = @Uid", delivery) > 0
            ? Problem.Conflict($"delivery {work.Subject} is waiting to be looked at already")
            : WorkChanges.Add(session, work);
    }

    /// <summary>
    /// Only the same id with the same body under the same webhook is a redelivery. Ids are chosen by the sender: whoever holds another
    /// repository's secret could otherwise send a delivery first and have the real one swallowed (THREATS T09).
    /// </summary>
    private static DeliveryStanding Judge(WriteSession session, Delivery delivery) =>
        (DeliveryStanding)
            session
                .Prepared(
                    $"""
                    SELECT CASE
                      WHEN EXISTS (SELECT 1 FROM delivery WHERE body_digest = $1 AND webhook_uid = $2 AND delivery_id = $3 AND forge_uid = $4)
                        THEN {(int)DeliveryStanding.Redelivered}
                      WHEN EXISTS (SELECT 1 FROM delivery WHERE delivery_id = $3 AND forge_uid = $4)
                        THEN {(int)DeliveryStanding.Contradicting}
                      WHEN EXISTS (SELECT 1 FROM delivery WHERE body_digest = $1 AND webhook_uid = $2)
                        THEN {(int)DeliveryStanding.Replayed}
                      ELSE {(int)DeliveryStanding.New}
                    END
                    """
                )
                .Bind(delivery.BodyDigest)
                .Bind(delivery.WebhookUid)
                .Bind(delivery.DeliveryId)
                .Bind(delivery.Repository.ForgeUid)
                .ReadNumber()!;

    /// <summary>False when another replica has stored the same at the same time (THREATS T10).</summary>
    private static bool Insert(WriteSession session, Delivery delivery, DeliveryStanding standing)
    {
        var stored = session
            .Prepared(
                """
                INSERT INTO delivery (uid, webhook_uid, forge_uid, repository_id, delivery_id, event_name, body_digest, received_at, standing)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                ON CONFLICT (webhook_uid, delivery_id, body_digest) DO NOTHING
                RETURNING seq
                """
            )
            .Bind(delivery.Uid)
            .Bind(delivery.WebhookUid)
            .Bind(delivery.Repository.ForgeUid)
            .Bind(delivery.Repository.Id)
            .Bind(delivery.DeliveryId)
            .Bind(delivery.EventName)
            .Bind(delivery.BodyDigest)
            .Bind(delivery.ReceivedAt.ToUnixTimeMilliseconds())
            .Bind(standing.ToString())
            .ReadNumber();
        if (stored is not { } seq)
            return false;
        session
            .Prepared("INSERT INTO delivery_body (delivery, json) VALUES ($1, $2)")
            .Bind(seq)
            .Bind(delivery.Json.Span)
            .Send();
        return true;
    }
}
