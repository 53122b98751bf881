using System.Globalization;
using System.Text;
using Bascule.Core.Text;
using Bascule.Server.Notebooks;

namespace Bascule.Server.Reports;

/// <summary>What the comment of a pull request shows of changed notebooks: their cells' sources, and nothing that came out of them (THREATS T130).</summary>
internal static class NotebookText
{
    private const int MostNotebooks = 10;
    private const int MostCells = 20;
    private const int MostLines = 60;

    /// <summary>Of one side of one cell: what is longer is said to have changed, and not compared.</summary>
    private const int MostCompared = 1000;

    /// <summary>Of a line, in characters.</summary>
    private const int MaxLine = 200;

    /// <summary>Of all of it, in characters: a forge takes only so much of a comment.</summary>
    private const int MaxText = 16_000;

    public static void Append(StringBuilder text, NotebookChanges changes)
    {
        if (changes.Fault is { } fault)
            text.Append($"\nChanged notebooks are not shown: {Markdown.Sentence(fault)}.\n");
        var room = MaxText;
        var shown = 0;
        foreach (var notebook in changes.Notebooks.Take(MostNotebooks))
        {
            if (room <= 0)
                break;
            var part = Part(notebook, ref room);
            text.Append(part);
            shown++;
        }
        var left = changes.Notebooks.Count - shown;
        if (left > 0)
            text.Append(CultureInfo.InvariantCulture, $"\n{Count(left, "more changed notebook")} not shown here.\n");
        if (changes.LeftOut > 0)
            text.Append(
                CultureInfo.InvariantCulture,
                $"\n{Count(changes.LeftOut, "more changed file")} may hold notebooks and {(changes.LeftOut == 1 ? "was" : "were")} not looked at.\n"
            );
    }

    private static string Part(ChangedNotebook notebook, ref int room)
    {
        var part = new StringBuilder();
        part.Append($"\n<details><summary>Notebook {Markdown.Html(notebook.Path)}: {Summary(notebook)}</summary>\n\n");
        if (notebook.Fault is { } fault)
            part.Append($"Its cells are not shown: it {Markdown.Sentence(fault)}.\n\n");
        var shown = 0;
        foreach (var cell in notebook.Cells.Take(MostCells))
        {
            var written = Cell(cell);
            room -= written.Length;
            if (room <= 0)
                break;
            part.Append(written);
            shown++;
        }
        if (notebook.Cells.Count > shown)
            part.Append(
                CultureInfo.InvariantCulture,
                $"{Count(notebook.Cells.Count - shown, "more cell")} not shown here.\n\n"
            );
        return part.Append("</details>\n").ToString();
    }

    private static string Summary(ChangedNotebook notebook)
    {
        var kinds = new[] { ChangeKind.Changed, ChangeKind.Added, ChangeKind.Removed };
        var counts = kinds
            .Select(kind => (Kind: kind, Count: notebook.Cells.Count(cell => cell.Change == kind)))
            .Where(item => item.Count > 0)
            .Select(item => $"{Count(item.Count, "cell")} {Word(item.Kind)}")
            .ToList();
        var cells = counts.Count > 0 ? string.Join(", ", counts) : "";
        return notebook.Change == ChangeKind.Changed
            ? (cells.Length > 0 ? cells : "changed")
            : Word(notebook.Change) + (cells.Length > 0 ? $", {cells}" : "");
    }

    private static string Cell(ChangedCell cell)
    {
        var heading = string.Create(
            CultureInfo.InvariantCulture,
            $"Cell {cell.Number} ({Markdown.Code(cell.Kind, 40)}) {Word(cell.Change)}{(cell.Change == ChangeKind.Removed ? ", as numbered before" : "")}"
        );
        if (Lines(cell.Before) > MostCompared || Lines(cell.After) > MostCompared)
            return $"{heading}: more than {MostCompared} lines, not compared here.\n\n";
        var lines = LineDifference.Of(cell.Before, cell.After);
        if (lines.Count == 0)
            return $"{heading}.\n\n";
        var shown = lines.Take(MostLines).Select(line => PlainText.Marked(line, MaxLine));
        var more =
            lines.Count > MostLines
                ? $"{Count(lines.Count - MostLines, "more line")} of this cell not shown here.\n\n"
                : "";
        return $"{heading}\n\n{Markdown.Difference(shown)}\n\n{more}";
    }

    private static int Lines(string text) => text.AsSpan().Count('\n') + 1;

    private static string Count(int count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    private static string Word(ChangeKind change) =>
        change switch
        {
            ChangeKind.Added => "added",
            ChangeKind.Removed => "removed",
            _ => "changed",
        };
}
