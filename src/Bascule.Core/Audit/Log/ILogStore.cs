using Bascule.Core.Work;

namespace Bascule.Core.Audit.Log;

/// <summary>
/// What is kept of the audit log beyond its entries: the logs there were, one an epoch, their hashes and their checkpoints. What a log has shown never changes:
/// whoever would write it again gets a Conflict, or an exception of the database's own guards.
/// </summary>
public interface ILogStore
{
    /// <summary>Every log, the newest first; none before the first start.</summary>
    Task<IReadOnlyList<StoredLog>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Which epoch the installation is in, and at which entry its log begins.</summary>
    Task<LogStart> ReadStartAsync(CancellationToken cancellationToken);

    /// <summary>A tile's hashes so far, as many as were there at the last growth; null for none.</summary>
    Task<ReadOnlyMemory<byte>?> ReadTileAsync(int log, int level, long index, CancellationToken cancellationToken);

    /// <summary>The checkpoint of exactly that size; null where it was not kept.</summary>
    Task<StoredCheckpoint?> FindAsync(int log, long size, CancellationToken cancellationToken);

    /// <summary>The newest one that a witness has cosigned; null for none.</summary>
    Task<StoredCheckpoint?> FindWitnessedAsync(int log, CancellationToken cancellationToken);

    /// <summary>Entries that have all of these terms, the newest first; only those that are indexed.</summary>
    /// <param name="range">Indexes in the audit log, not in one of its logs.</param>
    Task<IReadOnlyList<AuditRecord>> FindEntriesAsync(
        IReadOnlyList<string> terms,
        EntryRange range,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>Where the database is: all that was committed until now is before it. Null where no other server can stand by, as on SQLite.</summary>
    Task<string?> ReadPositionAsync(CancellationToken cancellationToken);

    /// <summary>How many standby servers have everything before that position on their disks.</summary>
    Task<int> CountStandbysAsync(string position, CancellationToken cancellationToken);
}

/// <param name="From">The first index.</param>
/// <param name="Before">The index behind the last.</param>
public sealed record EntryRange(long From, long Before)
{
    public static readonly EntryRange All = new(0, long.MaxValue);
}

/// <summary>Where the log of an epoch begins.</summary>
/// <param name="FirstEntry">The index of the entry that tells of the restore; 0 for the first epoch.</param>
public sealed record LogStart(long Epoch, long FirstEntry);

/// <param name="Number">1 for the first, and one more for each restore.</param>
/// <param name="FirstEntry">The entry that is its leaf 0.</param>
/// <param name="SealedKey">The seed of its Ed25519 key, sealed by the master key.</param>
/// <param name="Size">Of the newest checkpoint that was signed.</param>
/// <param name="PublishedSize">Of the newest one that anybody was shown; 0 for none.</param>
/// <param name="Indexed">How many of its entries can be found by what they link; below zero while some of a former log cannot.</param>
public sealed record StoredLog(
    int Number,
    long Epoch,
    string Origin,
    long FirstEntry,
    byte[] PublicKey,
    byte[] SealedKey,
    DateTimeOffset OpenedAt,
    long Size = 0,
    long PublishedSize = 0,
    long Indexed = 0
);

/// <param name="Note">As it was signed.</param>
/// <param name="Cosignatures">Lines of witnesses, without their line feeds.</param>
public sealed record StoredCheckpoint(long Size, string Note, IReadOnlyList<string> Cosignatures)
{
    /// <summary>With the cosignatures under it.</summary>
    public string WholeNote => $"{Note}{string.Concat(Cosignatures.Select(line => $"{line}\n"))}";
}

/// <summary>Conflict when the epoch has its log.</summary>
public sealed record OpenLog(StoredLog Log) : Change;

/// <summary>Signs for a log that has grown: its tiles and the checkpoint, together. Conflict when somebody else has let it grow meanwhile.</summary>
/// <param name="From">The size that it grew from.</param>
/// <param name="Note">The signed checkpoint.</param>
/// <param name="Publish">Whether it may be shown at once; else <see cref="PublishCheckpoint"/> says when.</param>
public sealed record GrowLog(int Log, long From, LogGrowth Growth, string Note, DateTimeOffset At, bool Publish)
    : Change;

/// <summary>From now on the checkpoint of that size is shown. Conflict when a newer one is.</summary>
public sealed record PublishCheckpoint(int Log, long Size) : Change;

/// <summary>Keeps a witness's line under a checkpoint that this log has signed.</summary>
/// <param name="Witness">Its verifier key.</param>
/// <param name="SeenAt">When the witness says it saw the checkpoint.</param>
public sealed record KeepCosignature(
    int Log,
    long Size,
    string Note,
    string Witness,
    string Line,
    DateTimeOffset SeenAt
) : Change;

/// <summary>Lets entries be found by what they link. Conflict when somebody else has done so meanwhile.</summary>
/// <param name="From">How many entries were found so before.</param>
/// <param name="Terms">By the entry's index in the audit log.</param>
public sealed record IndexEntries(int Log, long From, long To, IReadOnlyList<(long Index, string Term)> Terms) : Change;
