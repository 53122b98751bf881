using Bascule.Core;
using Bascule.Core.People;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

internal static class SessionChanges
{
    public static Problem? Add(WriteSession session, Session added)
    {
        session.Execute(
            """
            INSERT INTO session (digest, uid, kind, person_uid, issuer, issuer_session, authenticated_at, created_at, seen_at, expires_at)
            VALUES (@Digest, @Uid, @Kind, @PersonUid, @Issuer, @IssuerSession, @AuthenticatedAt, @CreatedAt, @SeenAt, @ExpiresAt)
            """,
            new
            {
                added.Digest,
                added.Uid,
                Kind = added.Kind.ToString(),
                added.PersonUid,
                added.Issuer,
                added.IssuerSession,
                AuthenticatedAt = Times.ToStored(added.AuthenticatedAt),
                CreatedAt = added.CreatedAt.ToUnixTimeMilliseconds(),
                SeenAt = added.SeenAt.ToUnixTimeMilliseconds(),
                ExpiresAt = added.ExpiresAt.ToUnixTimeMilliseconds(),
            }
        );
        return null;
    }

    /// <summary>Never back: two replicas may have seen it at the same time.</summary>
    public static Problem? NoteSeen(WriteSession session, NoteSessionSeen seen) =>
        Execute(
            session,
            "UPDATE session SET seen_at = @At WHERE digest = @Digest AND seen_at < @At",
            new { seen.Digest, At = seen.At.ToUnixTimeMilliseconds() }
        );

    public static Problem? End(WriteSession session, EndSession end) =>
        Execute(session, "DELETE FROM session WHERE digest = @Digest", new { end.Digest });

    public static Problem? End(WriteSession session, EndSessionsOf end) =>
        Execute(session, "DELETE FROM session WHERE person_uid = @PersonUid", new { end.PersonUid });

    private static Problem? Execute(WriteSession session, string sql, object parameters)
    {
        session.Execute(sql, parameters);
        return null;
    }
}
