using Bascule.Core;
using Bascule.Core.Deliveries;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

internal static class WebhookChanges
{
    public static Problem? Save(WriteSession session, Webhook webhook)
    {
        // A delivery may have come in since the caller read the row: its time is never turned back.
        session.Execute(
            """
            INSERT INTO webhook (uid, forge_uid, repository_id, forge_webhook_id, sealed_secret, sealed_former_secret, former_secret_until,
                                 created_at, last_delivery_at, last_refused_at)
            VALUES (@Uid, @ForgeUid, @RepositoryId, @ForgeWebhookId, @SealedSecret, @SealedFormerSecret, @FormerSecretUntil,
                    @CreatedAt, @LastDeliveryAt, @LastRefusedAt)
            ON CONFLICT (uid) DO UPDATE SET
              forge_uid = excluded.forge_uid, repository_id = excluded.repository_id, forge_webhook_id = excluded.forge_webhook_id,
              sealed_secret = excluded.sealed_secret, sealed_former_secret = excluded.sealed_former_secret,
              former_secret_until = excluded.former_secret_until, last_refused_at = excluded.last_refused_at,
              last_delivery_at = CASE
                WHEN excluded.last_delivery_at > coalesce(webhook.last_delivery_at, 0) THEN excluded.last_delivery_at
                ELSE webhook.last_delivery_at
              END
            """,
            new
            {
                webhook.Uid,
                webhook.Repository.ForgeUid,
                RepositoryId = webhook.Repository.Id,
                webhook.ForgeWebhookId,
                webhook.SealedSecret,
                webhook.SealedFormerSecret,
                FormerSecretUntil = Times.ToStored(webhook.FormerSecretUntil),
                CreatedAt = webhook.CreatedAt.ToUnixTimeMilliseconds(),
                LastDeliveryAt = Times.ToStored(webhook.LastDeliveryAt),
                LastRefusedAt = Times.ToStored(webhook.LastRefusedAt),
            }
        );
        return null;
    }

    public static Problem? Remove(WriteSession session, string uid)
    {
        session.Execute("DELETE FROM webhook WHERE uid = @Uid", new { Uid = uid });
        return null;
    }

    public static Problem? NoteRefusal(WriteSession session, NoteRefusal note)
    {
        session.Execute(
            "UPDATE webhook SET last_refused_at = @At WHERE uid = @Uid AND coalesce(last_refused_at, 0) < @At",
            new { note.Uid, At = note.At.ToUnixTimeMilliseconds() }
        );
        return null;
    }

    public static void Touch(WriteSession session, string uid, DateTimeOffset at) =>
        session
            .Prepared("UPDATE webhook SET last_delivery_at = $1 WHERE uid = $2 AND coalesce(last_delivery_at, 0) < $1")
            .Bind(at.ToUnixTimeMilliseconds())
            .Bind(uid)
            .Send();
}
