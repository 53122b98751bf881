using Bascule.Core;
using Bascule.Core.Deliveries;
using Bascule.Core.Work;
using Bascule.Storage.Sqlite.Writing;

namespace Bascule.Storage.Sqlite.Changes;

internal static class DeliveryChanges
{
    public static DeliveryStanding Append(WriteSession session, Delivery delivery, NewWork work)
    {
        WebhookChanges.Touch(session, delivery.WebhookUid, delivery.ReceivedAt);
        var standing = Judge(session, delivery);
        if (standing != DeliveryStanding.Redelivered)
        {
            Insert(session, delivery, standing);
            WorkChanges.Add(session, work);
        }
        return standing;
    }

    public static Problem? Settle(WriteSession session, SettleDelivery settle)
    {
        session.Execute("UPDATE delivery SET outcome = @Outcome WHERE uid = @Uid", settle);
        return null;
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
                      WHEN EXISTS (SELECT 1 FROM delivery WHERE body_digest = ?1 AND webhook_uid = ?2 AND delivery_id = ?3 AND forge_uid = ?4)
                        THEN {(int)DeliveryStanding.Redelivered}
                      WHEN EXISTS (SELECT 1 FROM delivery WHERE delivery_id = ?3 AND forge_uid = ?4)
                        THEN {(int)DeliveryStanding.Contradicting}
                      WHEN EXISTS (SELECT 1 FROM delivery WHERE body_digest = ?1 AND webhook_uid = ?2)
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

    private static void Insert(WriteSession session, Delivery delivery, DeliveryStanding standing)
    {
        session
            .Prepared(
                """
                INSERT INTO delivery (uid, webhook_uid, forge_uid, repository_id, delivery_id, event_name, body_digest, received_at, standing)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
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
            .Run();
        session
            .Prepared("INSERT INTO delivery_body (delivery, json) VALUES (last_insert_rowid(), ?)")
            .Bind(delivery.Json.Span)
            .Run();
    }
}
