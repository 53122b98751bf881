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

    /// <summary>How many blocks of entries can be searched by what they link, from the first entry of all on.</summary>
    Task<long> CountIndexedAsync(CancellationToken cancellationToken);

    /// <summary>One list of postings of each block from one on and before another, in any order.</summary>
    Task<IReadOnlyList<BlockPostings>> ReadPostingsAsync(
        int list,
        long from,
        long before,
        CancellationToken cancellationToken
    );

    /// <summary>Where the database is: all that was committed until now is before it. Null where no other server can stand by, as on SQLite.</summary>
    Task<string?> ReadPositionAsync(CancellationToken cancellationToken);

    /// <summary>How many standby servers have everything before that position on their disks.</summary>
    Task<int> CountStandbysAsync(string position, CancellationToken cancellationToken);
}

/// <param name="Block">Its number: block 0 begins with the first entry of the first log.</param>
/// <param name="Postings">As <see cref="Searching.Postings"/> writes them.</param>
public sealed record BlockPostings(long Block, ReadOnlyMemory<byte> Postings);

/// <summary>Where the log of an epoch begins.</summary>
/// <param name="FirstEntry">The index of the entry that tells of the restore; 0 for the first epoch.</param>
public sealed record LogStart(long Epoch, long FirstEntry);

/// <param name="Number">1 for the first, and one more for each restore.</param>
/// <param name="FirstEntry">The entry that is its leaf 0.</param>
/// <param name="SealedKey">The seed of its Ed25519 key, sealed by the master key.</param>
/// <param name="Size">Of the newest checkpoint that was signed.</param>
/// <param name="PublishedSize">Of the newest one that anybody was shown; 0 for none.</param>
public sealed record StoredLog(
    int Number,
    long Epoch,
    string Origin,
    long FirstEntry,
    byte[] PublicKey,
    byte[] SealedKey,
    DateTimeOffset OpenedAt,
    long Size = 0,
    long PublishedSize = 0
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

/// <summary>Lets the entries of a block be found by what they link. Where somebody else was quicker, theirs stays: it is the same.</summary>
/// <param name="Lists">As <see cref="Searching.Postings"/> writes them, by their numbers.</param>
public sealed record IndexBlock(long Block, IReadOnlyList<ReadOnlyMemory<byte>> Lists) : Change;
