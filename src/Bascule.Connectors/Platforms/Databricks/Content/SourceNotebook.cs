using System.Text;
using Bascule.Core.Notebooks;

namespace Bascule.Connectors.Platforms.Databricks.Content;

/// <summary>
/// A notebook in the form of a source file: cells between lines of <c>COMMAND ----------</c>, and those in another language as comments of <c>MAGIC</c>
/// (https://docs.databricks.com/aws/en/notebooks/notebook-format).
/// </summary>
internal static class SourceNotebook
{
    private const string Separator = "COMMAND ----------";
    private const string Magic = "MAGIC";

    /// <summary>Null when it is no notebook.</summary>
    public static IReadOnlyList<NotebookCell>? ReadCells(string path, ReadOnlySpan<byte> content)
    {
        if (NotebookFormat.CommentOf(path) is not { } comment || NotebookFormat.Of(path, content) is not { } format)
            return null;
        if (!format.IsNotebook)
            return null;
        var language = format.Language!.ToLowerInvariant();
        var lines = Encoding.UTF8.GetString(content).Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n')[1..];
        var cells = new List<NotebookCell>();
        var cell = new List<string>();
        foreach (var line in lines)
            if (line.TrimEnd() == comment + Separator)
            {
                cells.Add(CellOf(cell, comment + Magic, language));
                cell = [];
            }
            else
                cell.Add(line);
        cells.Add(CellOf(cell, comment + Magic, language));
        return cells;
    }

    /// <summary>Blank lines around a cell belong to the form.</summary>
    private static NotebookCell CellOf(List<string> lines, string magic, string language)
    {
        var first = lines.FindIndex(line => !string.IsNullOrWhiteSpace(line));
        if (first < 0)
            return new NotebookCell(Id: null, language, "");
        var last = lines.FindLastIndex(line => !string.IsNullOrWhiteSpace(line));
        var written = lines.GetRange(first, last - first + 1);
        if (!IsMagic(written[0], magic))
            return new NotebookCell(Id: null, language, string.Join('\n', written));
        var source = written.Select(line =>
            IsMagic(line, magic) ? line[Math.Min(line.Length, magic.Length + 1)..] : line
        );
        var text = string.Join('\n', source);
        return new NotebookCell(Id: null, KindOf(text, language), text);
    }

    private static bool IsMagic(string line, string magic) =>
        line.StartsWith(magic, StringComparison.Ordinal) && (line.Length == magic.Length || line[magic.Length] == ' ');

    private static string KindOf(string text, string language)
    {
        var word = text.Split([' ', '\n', '\t'], 2)[0];
        return word switch
        {
            "%md" => "markdown",
            ['%', .. var name] when name.Length > 0 => name,
            _ => language,
        };
    }
}
