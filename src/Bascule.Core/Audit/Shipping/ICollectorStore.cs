using Bascule.Core.Work;

namespace Bascule.Core.Audit.Shipping;

/// <summary>How far each collector has come, and what it would not take.</summary>
public interface ICollectorStore
{
    /// <summary>Every collector that was ever shipped to, by name.</summary>
    Task<IReadOnlyList<CollectorPosition>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Null for one that was never shipped to.</summary>
    Task<CollectorPosition?> FindAsync(string name, CancellationToken cancellationToken);

    /// <summary>How many entries the audit log has.</summary>
    Task<long> CountEntriesAsync(CancellationToken cancellationToken);

    /// <summary>Entries that were set aside, in the order of the log.</summary>
    Task<IReadOnlyList<CollectorLetter>> ListLettersAsync(string name, int limit, CancellationToken cancellationToken);

    /// <summary>The first entry set aside that an operator wants to be sent again; null when there is none.</summary>
    Task<CollectorLetter?> FindReplayAsync(string name, CancellationToken cancellationToken);
}

/// <summary>How far a collector has come.</summary>
/// <param name="Next">The first entry that was neither acknowledged nor set aside.</param>
public sealed record CollectorPosition(string Name, long Next)
{
    /// <summary>How often the collector has refused the entry at <see cref="Next"/> for what it holds.</summary>
    public int Tries { get; init; }

    /// <summary>Why the last attempt failed; null when it did not.</summary>
    public string? Failure { get; init; }

    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>Nothing is tried before; null when nothing failed.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>When the collector last acknowledged something.</summary>
    public DateTimeOffset? ShippedAt { get; init; }

    /// <summary>Entries set aside. Not saved with the rest.</summary>
    public long Letters { get; init; }

    /// <summary>The first of them. Not saved with the rest.</summary>
    public long? FirstLetter { get; init; }

    /// <summary>Every entry before this one was acknowledged: what was set aside was not (THREATS T122).</summary>
    public long Acknowledged => FirstLetter < Next ? FirstLetter.Value : Next;
}

/// <summary>An entry that a collector refuses for what it holds.</summary>
/// <param name="ReplayAt">Since when an operator wants it to be sent again; null when nobody does.</param>
public sealed record CollectorLetter(
    string Collector,
    long Index,
    string Reason,
    int Tries,
    DateTimeOffset At,
    DateTimeOffset? ReplayAt = null
);

/// <summary>Conflict unless the collector stands at <paramref name="From"/>: whoever ships for it has lost it to another replica (THREATS T147).</summary>
public sealed record SaveCollector(CollectorPosition Position, long From) : Change;

/// <summary>Sets an entry aside, or notes that it was refused once more.</summary>
public sealed record SaveCollectorLetter(CollectorLetter Letter) : Change;

/// <summary>The collector has it after all.</summary>
public sealed record RemoveCollectorLetter(string Collector, long Index) : Change;

/// <summary>An operator wants entries that were set aside to be sent again. NotFound when there is none.</summary>
/// <param name="Index">Null for all of them.</param>
public sealed record AskCollectorReplay(string Collector, long? Index, DateTimeOffset At) : Change;
