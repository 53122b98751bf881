using Bascule.Core;
using Bascule.Core.Audit.Log;
using Bascule.Core.Installation;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

internal static class LogChanges
{
    public static Problem? Open(WriteSession session, StoredLog log) =>
        session.Execute(
            """
            INSERT INTO audit_log (number, epoch, origin, first_idx, public_key, sealed_key, opened_at, size, published_size)
            VALUES (@Number, @Epoch, @Origin, @FirstEntry, @PublicKey, @SealedKey, @OpenedAt, 0, 0) ON CONFLICT DO NOTHING
            """,
            new
            {
                log.Number,
                log.Epoch,
                log.Origin,
                log.FirstEntry,
                log.PublicKey,
                log.SealedKey,
                OpenedAt = log.OpenedAt.ToUnixTimeMilliseconds(),
            }
        ) == 1
            ? null
            : Problem.Conflict($"epoch {log.Epoch} has its log");

    /// <summary>The size before is the fence: two replicas may have counted the same entries, and one of them signs (THREATS T147).</summary>
    public static Problem? Grow(WriteSession session, GrowLog grow)
    {
        var (size, shown) = (grow.Growth.Size, grow.Publish ? grow.Growth.Size : 0);
        var grown = session.Execute(
            """
            UPDATE audit_log SET size = @Size, published_size = CASE WHEN @Shown > published_size THEN @Shown ELSE published_size END
            WHERE number = @Log AND size = @From
            """,
            new
            {
                grow.Log,
                grow.From,
                Size = size,
                Shown = shown,
            }
        );
        if (grown != 1)
            return Grown(grow.Log);
        foreach (var tile in grow.Growth.Tiles)
            Save(session, grow.Log, tile);
        Keep(session, grow.Log, size, grow.Note, grow.At);
        Forget(session, grow.Log);
        return null;
    }

    public static Problem? Publish(WriteSession session, PublishCheckpoint publish)
    {
        var published = session.Execute(
            "UPDATE audit_log SET published_size = @Size WHERE number = @Log AND published_size < @Size AND size >= @Size",
            new { publish.Log, publish.Size }
        );
        if (published != 1)
            return Grown(publish.Log);
        Forget(session, publish.Log);
        return null;
    }

    /// <summary>The checkpoint may be gone by the time that its witness answers: it comes back with the cosignature.</summary>
    public static Problem? Keep(WriteSession session, KeepCosignature keep)
    {
        session.Execute(
            "INSERT INTO audit_checkpoint (log, size, note, signed_at) VALUES (@Log, @Size, @Note, @At) ON CONFLICT DO NOTHING",
            new
            {
                keep.Log,
                keep.Size,
                keep.Note,
                At = keep.SeenAt.ToUnixTimeMilliseconds(),
            }
        );
        session.Execute(
            """
            INSERT INTO audit_cosignature (log, size, witness, line, seen_at) VALUES (@Log, @Size, @Witness, @Line, @SeenAt)
            ON CONFLICT DO NOTHING
            """,
            new
            {
                keep.Log,
                keep.Size,
                keep.Witness,
                keep.Line,
                SeenAt = keep.SeenAt.ToUnixTimeMilliseconds(),
            }
        );
        return null;
    }

    public static Problem? Index(WriteSession session, IndexBlock index)
    {
        for (var list = 0; list < index.Lists.Count; list++)
            session
                .Prepared("INSERT INTO audit_index (list, block, postings) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
                .Bind(list)
                .Bind(index.Block)
                .Bind(index.Lists[list].Span)
                .Send();
        return null;
    }

    public static Problem? Begin(WriteSession session, BeginEpoch begin) =>
        session.Execute(
            """
            UPDATE installation SET epoch = epoch + 1, held_at = @At, held_because = @Because,
              log_first_idx = (SELECT coalesce(max(idx) + 1, 0) FROM audit_entry)
            WHERE epoch = @Epoch
            """,
            new
            {
                begin.Epoch,
                begin.Because,
                At = begin.At.ToUnixTimeMilliseconds(),
            }
        ) == 1
            ? null
            : Problem.Conflict($"epoch {begin.Epoch} is over");

    private static void Save(WriteSession session, int log, GrownTile tile) =>
        session
            .Prepared(
                """
                INSERT INTO audit_tile (log, level, idx, hashes) VALUES ($1, $2, $3, $4)
                ON CONFLICT (log, level, idx) DO UPDATE SET hashes = excluded.hashes
                """
            )
            .Bind(log)
            .Bind(tile.Level)
            .Bind(tile.Index)
            .Bind(tile.Hashes)
            .Send();

    private static void Keep(WriteSession session, int log, long size, string note, DateTimeOffset at) =>
        session.Execute(
            "INSERT INTO audit_checkpoint (log, size, note, signed_at) VALUES (@Log, @Size, @Note, @At)",
            new
            {
                Log = log,
                Size = size,
                Note = note,
                At = at.ToUnixTimeMilliseconds(),
            }
        );

    /// <summary>Newer ones say all that these did; what a witness has signed is kept for ever.</summary>
    private static void Forget(WriteSession session, int log) =>
        session.Execute(
            """
            DELETE FROM audit_checkpoint WHERE log = @Log AND size < (SELECT published_size FROM audit_log WHERE number = @Log)
            AND NOT EXISTS (SELECT 1 FROM audit_cosignature AS c WHERE c.log = audit_checkpoint.log AND c.size = audit_checkpoint.size)
            """,
            new { Log = log }
        );

    private static Problem Grown(int log) => Problem.Conflict($"log {log} has grown meanwhile; look again");
}
