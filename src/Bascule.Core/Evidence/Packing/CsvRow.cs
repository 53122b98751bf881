using System.Text;
using Bascule.Core.Text;

namespace Bascule.Core.Evidence.Packing;

/// <summary>
/// A row as RFC 4180 has it. Branch names and file names are an outsider's: a spreadsheet must not take one for a formula (THREATS T123), also where it splits
/// at semicolons as well, as some languages have it do.
/// </summary>
public static class CsvRow
{
    /// <summary>A spreadsheet cuts a cell off at 32,767.</summary>
    private const int LongestCell = 4000;

    private const string Formula = "=+-@\t\r＝＋－＠";
    private const string Quoted = ",;\"'\r\n\t ";

    /// <summary>With its line end.</summary>
    public static string Of(IEnumerable<string?> cells) => string.Join(',', cells.Select(Cell)) + "\r\n";

    private static string Cell(string? text)
    {
        var cell = Neutral(PlainText.Line(text, LongestCell));
        return cell.AsSpan().ContainsAny(Quoted) ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
    }

    /// <summary>An apostrophe before what would begin a formula: at the beginning, and behind a semicolon.</summary>
    public static string Neutral(string text)
    {
        var neutral = new StringBuilder(text.Length + 1);
        var begins = true;
        foreach (var letter in text)
        {
            if (begins && Formula.Contains(letter, StringComparison.Ordinal))
                neutral.Append('\'');
            begins = letter == ';' || (begins && letter is ' ' or '"');
            neutral.Append(letter);
        }
        return neutral.ToString();
    }
}
