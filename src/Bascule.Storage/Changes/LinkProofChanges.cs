using Bascule.Core;
using Bascule.Core.People;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

internal static class LinkProofChanges
{
    public static Problem? Begin(WriteSession session, LinkProof proof)
    {
        session.Execute(
            """
            DELETE FROM link_proof
            WHERE expires_at < @Now OR (person_uid = @PersonUid AND forge_uid = @ForgeUid AND way = @Way)
            """,
            new
            {
                proof.PersonUid,
                proof.ForgeUid,
                Way = proof.Way.ToString(),
                Now = proof.CreatedAt.ToUnixTimeMilliseconds(),
            }
        );
        var begun = session.Execute(
            """
            INSERT INTO link_proof (digest, way, person_uid, forge_uid, session, created_at, expires_at, tries)
            SELECT @Digest, @Way, uid, @ForgeUid, @Session, @CreatedAt, @ExpiresAt, 0 FROM person
            WHERE uid = @PersonUid AND retired_at IS NULL
            ON CONFLICT (person_uid, forge_uid, way) DO NOTHING
            """,
            new
            {
                proof.Digest,
                Way = proof.Way.ToString(),
                proof.PersonUid,
                proof.ForgeUid,
                proof.Session,
                CreatedAt = proof.CreatedAt.ToUnixTimeMilliseconds(),
                ExpiresAt = proof.ExpiresAt.ToUnixTimeMilliseconds(),
            }
        );
        return begun == 1
            ? null
            : Problem.Conflict("another proof was begun at the same moment, or the person is retired; begin again");
    }

    public static Problem? Try(WriteSession session, TryLinkProof attempt)
    {
        var noted = session.Execute(
            "UPDATE link_proof SET tries = tries + 1 WHERE digest = @Digest AND tries < @MostTries",
            new { attempt.Digest, attempt.MostTries }
        );
        return noted == 1 ? null : Problem.Limited("this code was tried too often, or is gone; make a new one");
    }

    public static Problem? Spend(WriteSession session, SpendLinkProof spend) =>
        session.Execute("DELETE FROM link_proof WHERE digest = @Digest", new { spend.Digest }) == 1
            ? null
            : Problem.Conflict("this proof was used already, or another one took its place; begin again");
}
