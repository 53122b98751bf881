using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Audit.Log;
using Bascule.Core.Work;

namespace Bascule.Server.Audit.Log;

/// <summary>
/// Takes entries that are durable into the tree and signs a checkpoint over them. Before it signs, it looks whether what is stored still is what it signed last:
/// a log whose hashes or checkpoint somebody changed is signed no more.
/// </summary>
internal sealed class LogGrowing(
    ILogStore logs,
    IAuditLog entries,
    IWorkStore store,
    AuditLogSettings settings,
    TimeProvider time
)
{
    /// <summary>Entries of one step: at most 64 MiB are in memory, mostly less than one.</summary>
    private const int MostEntries = 1024;

    /// <summary>Steps of one checkpoint: a log that was let grow for long is caught up with in few transactions.</summary>
    private const int MostSteps = 64;

    /// <summary>Whether it grew. Conflict when another replica let it grow meanwhile; Internal when what is stored does not fit together.</summary>
    public async Task<Result<bool>> GrowAsync(StoredLog log, LogKeys keys, CancellationToken cancellationToken)
    {
        var fresh = await ReadAsync(log, log.Size, cancellationToken);
        if (fresh.Count == 0)
            return false;
        var begun = await LogGrower.AtAsync(new StoredTiles(logs, entries, log), log.Size, cancellationToken);
        if (begun.Failed(out var problem))
            return Broken(log, problem.Message);
        var grower = begun.Value;
        if (await JudgeAsync(log, keys, grower.Root, cancellationToken) is { } broken)
            return broken;
        for (var step = 0; fresh.Count > 0 && step < MostSteps; step++)
        {
            foreach (var record in fresh)
                grower.Add(TreeHash.OfLeaf(record.Entry.Span));
            fresh = fresh.Count < MostEntries ? [] : await ReadAsync(log, grower.Size, cancellationToken);
        }
        var signed = Sign(log, keys, grower);
        var stored = await store.ApplyAsync([signed], cancellationToken);
        return stored.Failed(out problem) ? problem : true;
    }

    /// <summary>Shows what is signed, once enough standby servers have it. False where they have not, or where there is nothing new.</summary>
    public async Task<Result<bool>> PublishAsync(StoredLog log, CancellationToken cancellationToken)
    {
        if (log.PublishedSize == log.Size)
            return false;
        // Taken after the commit of the checkpoint: whoever has everything before it has the checkpoint, and all that it covers.
        if (await logs.ReadPositionAsync(cancellationToken) is not { } position)
            return false;
        if (await logs.CountStandbysAsync(position, cancellationToken) < settings.Standbys)
            return false;
        var published = await store.ApplyAsync([new PublishCheckpoint(log.Number, log.Size)], cancellationToken);
        return published.Failed(out var problem) ? problem : true;
    }

    private Task<IReadOnlyList<AuditRecord>> ReadAsync(StoredLog log, long size, CancellationToken cancellationToken) =>
        entries.ReadAsync(log.FirstEntry + size, MostEntries, cancellationToken);

    private GrowLog Sign(StoredLog log, LogKeys keys, LogGrower grower)
    {
        var checkpoint = new Checkpoint(log.Origin, grower.Size, grower.Root);
        var note = new SignedNote(checkpoint.Text, []).With(keys.Signer!.Sign(checkpoint.Text));
        return new GrowLog(
            log.Number,
            log.Size,
            grower.Take(),
            note.ToString(),
            time.GetUtcNow(),
            Publish: settings.Standbys == 0
        );
    }

    private async Task<Problem?> JudgeAsync(
        StoredLog log,
        LogKeys keys,
        TreeHash root,
        CancellationToken cancellationToken
    )
    {
        if (log.Size == 0)
            return null;
        var stored = await logs.FindAsync(log.Number, log.Size, cancellationToken);
        if (stored is null || SignedNote.Parse(stored.Note) is not { } note)
            return Broken(log, "its last checkpoint is missing");
        var opened = Checkpoint.Open(note, keys.Key);
        if (opened.Failed(out var problem))
            return Broken(log, problem.Message);
        return opened.Value == new Checkpoint(log.Origin, log.Size, root)
            ? null
            : Broken(log, "its hashes are not those of its last checkpoint");
    }

    private static Problem Broken(StoredLog log, string why) =>
        Problem.Internal(
            $"audit log {log.Origin} is signed no more at {log.Size} entries: {why}. Somebody changed the database, or a disk lost a part of it: run `bascule audit verify` on it, and restore a backup"
        );
}
