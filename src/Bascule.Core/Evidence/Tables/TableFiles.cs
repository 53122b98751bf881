using System.Globalization;
using Bascule.Core.Evidence.Packing;

namespace Bascule.Core.Evidence.Tables;

/// <summary>The tables of a pack while they are written, and how many rows each has.</summary>
internal sealed class TableFiles(PackFolder folder)
{
    private static readonly string[] First = ["time", "log", "entry", "type", "actor"];

    private readonly SortedDictionary<string, long> _rows = new(StringComparer.Ordinal);

    /// <summary>By file.</summary>
    public IReadOnlyDictionary<string, long> Rows => _rows;

    /// <summary>A file that is there with its heading, also when no row follows: that nothing happened is an answer.</summary>
    public void Begin(string file, IEnumerable<string> columns)
    {
        if (_rows.TryAdd(file, 0))
            folder.Open(file).Write(CsvRow.Of(columns));
    }

    public void Begin(EvidenceTable table) => Begin(table.File, [.. First, .. table.Columns.Select(one => one.Name)]);

    public void Add(string file, IEnumerable<string?> cells)
    {
        folder.Open(file).Write(CsvRow.Of(cells));
        _rows[file]++;
    }

    public void Add(EvidenceTable table, EvidenceEntry entry) =>
        Add(
            table.File,
            [
                entry.TimeText,
                Number(entry.Log),
                Number(entry.Index),
                entry.Type,
                entry.Actor,
                .. table.Columns.Select(column => entry.Read(column.Part, column.Field, column.IsTime)),
            ]
        );

    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    public static string? Number(long? number) => number is { } known ? Number(known) : null;
}
