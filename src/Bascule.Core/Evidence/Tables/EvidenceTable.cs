namespace Bascule.Core.Evidence.Tables;

/// <summary>A table of a pack.</summary>
/// <param name="File">In the pack; of a table with one file for each environment, their folder with a slash behind.</param>
/// <param name="Shows">One sentence for the index.</param>
/// <param name="Types">The types of entries that it is made from.</param>
/// <param name="Columns">Behind time, log, entry, type and actor. Empty where rows are put together from several entries.</param>
public sealed record EvidenceTable(
    string File,
    string Title,
    string Shows,
    IReadOnlyList<string> Types,
    IReadOnlyList<EvidenceColumn> Columns
);
