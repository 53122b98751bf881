namespace Bascule.Server.Notebooks;

/// <summary>What a pull request's head changes in the notebooks that its workflows send.</summary>
/// <param name="Notebooks">By path.</param>
/// <param name="LeftOut">How many more files may be notebooks and were not looked at.</param>
internal sealed record NotebookChanges(IReadOnlyList<ChangedNotebook> Notebooks, int LeftOut)
{
    public static NotebookChanges None { get; } = new([], LeftOut: 0);

    /// <summary>Why none of them could be read; null when they could.</summary>
    public string? Fault { get; init; }
}

internal enum ChangeKind
{
    Changed,
    Added,
    Removed,
}

/// <param name="Cells">In the order of the notebook; empty when there is a fault.</param>
/// <param name="Fault">Why its cells cannot be compared, as a sentence about it goes on; null when they can.</param>
internal sealed record ChangedNotebook(
    string Path,
    ChangeKind Change,
    IReadOnlyList<ChangedCell> Cells,
    string? Fault = null
);

/// <param name="Number">Among the notebook's cells, from 1; where a cell was removed, among those before.</param>
/// <param name="Before">The source; empty for one that was added.</param>
/// <param name="After">The source; empty for one that was removed.</param>
internal sealed record ChangedCell(ChangeKind Change, int Number, string Kind, string Before, string After);
