namespace Bascule.Core.Evidence.Tables;

/// <summary>Why an entry is in a pack.</summary>
internal enum Reason
{
    /// <summary>Its time is in the range.</summary>
    Range,

    /// <summary>A table names it: the review of an exception that came after the range, say.</summary>
    Cited,

    /// <summary>It stands beside one that is in the range: between two neighbours nothing was left out.</summary>
    Border,
}

/// <summary>Which entries of one log are in the pack though their time is not in the range, and which are proven each by itself.</summary>
internal sealed class Selection
{
    private readonly SortedDictionary<long, Reason> _others = [];
    private readonly SortedSet<long> _proven = [];

    public IReadOnlyCollection<long> Proven => _proven;

    /// <summary>How many are in the range.</summary>
    public long Count { get; private set; }

    public long? First { get; private set; }

    public long? Last { get; private set; }

    /// <summary>Of the newest entry that the checkpoint covers; null for an empty log.</summary>
    public string? Newest { get; set; }

    public int Others => _others.Count;

    public void Take(long index)
    {
        _others.Remove(index);
        (Count, First, Last) = (Count + 1, First ?? index, index);
    }

    public void Border(long index) => _others.TryAdd(index, Reason.Border);

    /// <param name="isInRange">It is in the pack anyway.</param>
    public void Cite(long index, bool isInRange)
    {
        if (!isInRange)
            _others[index] = Reason.Cited;
    }

    /// <summary>With a file of its own and its proof.</summary>
    public void Prove(long index) => _proven.Add(index);

    public Reason? Of(long index, bool isInRange) =>
        isInRange ? Reason.Range
        : _others.TryGetValue(index, out var reason) ? reason
        : null;
}

/// <summary>Where an entry stands, and whether its time is in the range.</summary>
internal readonly record struct Place(Selection Log, int Number, long Index, bool IsInRange)
{
    public void Cite() => Log.Cite(Index, IsInRange);

    public void Prove()
    {
        Cite();
        Log.Prove(Index);
    }
}
