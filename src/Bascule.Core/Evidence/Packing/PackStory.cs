using Bascule.Core.Evidence.Tables;

namespace Bascule.Core.Evidence.Packing;

/// <summary>What the index tells.</summary>
/// <param name="Rows">By file; the environments each have one.</param>
internal sealed record PackStory(
    EvidenceOrder Order,
    IReadOnlyList<(EvidenceLog Log, Selection Selection)> Logs,
    IReadOnlyDictionary<string, long> Rows,
    int Unreviewed,
    int Statements
)
{
    /// <summary>The files of a table: one, or those of the environments.</summary>
    public IEnumerable<string> FilesOf(EvidenceTable table) =>
        Rows.Keys.Where(file =>
            file == table.File || (table.File.EndsWith('/') && file.StartsWith(table.File, StringComparison.Ordinal))
        );

    public long RowsOf(EvidenceTable table) => FilesOf(table).Sum(file => Rows[file]);
}
