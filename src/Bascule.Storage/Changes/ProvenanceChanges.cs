using Bascule.Core;
using Bascule.Core.Provenance;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

internal static class ProvenanceChanges
{
    /// <summary>What has been signed once is never signed anew: two statements about one run would be one too many.</summary>
    public static Problem? Add(WriteSession session, Attestation attestation)
    {
        var added = session.Execute(
            """
            INSERT INTO attestation (run, predicate_type, envelope, key_id, attested_at)
            SELECT @Run, @PredicateType, @Envelope, @KeyId, @At WHERE EXISTS (SELECT 1 FROM run WHERE id = @Run)
            ON CONFLICT (run, predicate_type) DO NOTHING
            """,
            new
            {
                Run = attestation.Run.Text,
                attestation.PredicateType,
                Envelope = attestation.Envelope.ToArray(),
                attestation.KeyId,
                At = attestation.At.ToUnixTimeMilliseconds(),
            }
        );
        return added == 1
            ? null
            : Problem.Conflict($"run {attestation.Run} has its statement already, or is not there any more");
    }

    /// <summary>The newest key that was read is the fence: of two replicas that rotate at once one comes second (THREATS T147).</summary>
    public static Problem? Add(WriteSession session, AddProvenanceKey add)
    {
        var newest = session.Find<string>("SELECT id FROM provenance_key ORDER BY seq DESC LIMIT 1", null);
        if (newest != add.After)
            return Problem.Conflict("somebody else has just added a key; look: bascule provenance key list");
        var key = add.Key;
        var from = key.From.ToUnixTimeMilliseconds();
        var added = session.Execute(
            """
            INSERT INTO provenance_key (id, place, spki, sealed_private_key, added_at, valid_from)
            VALUES (@Id, @Place, @Spki, @Sealed, @AddedAt, @From)
            ON CONFLICT (id) DO NOTHING
            """,
            new
            {
                key.Id,
                key.Place,
                Spki = key.Spki.ToArray(),
                Sealed = key.SealedPrivateKey?.ToArray(),
                AddedAt = key.AddedAt.ToUnixTimeMilliseconds(),
                From = from,
            }
        );
        if (added == 0)
            return Problem.Conflict($"key {key.Id} has been added before; a key signs once and is then replaced");
        session.Execute(
            "UPDATE provenance_key SET valid_until = @From WHERE id <> @Id AND (valid_until IS NULL OR valid_until > @From)",
            new { key.Id, From = from }
        );
        return null;
    }
}
