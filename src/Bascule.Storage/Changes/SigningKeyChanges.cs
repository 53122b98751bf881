using Bascule.Core;
using Bascule.Core.Installation;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

internal static class SigningKeyChanges
{
    public static Problem? Save(WriteSession session, SigningKey key)
    {
        session.Execute(
            """
            INSERT INTO signing_key (id, sealed_private_key, created_at, published_at)
            VALUES (@Id, @SealedPrivateKey, @CreatedAt, @PublishedAt)
            ON CONFLICT (id) DO UPDATE SET sealed_private_key = excluded.sealed_private_key, published_at = excluded.published_at
            """,
            new
            {
                key.Id,
                key.SealedPrivateKey,
                CreatedAt = key.CreatedAt.ToUnixTimeMilliseconds(),
                PublishedAt = Times.ToStored(key.PublishedAt),
            }
        );
        return null;
    }
}
