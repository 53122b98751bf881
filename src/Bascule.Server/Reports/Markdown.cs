using Bascule.Core.Text;

namespace Bascule.Server.Reports;

/// <summary>
/// Puts text that others wrote into Markdown so that it stays text: no link, image, mention, HTML or table break comes out of it (THREATS T123).
/// </summary>
internal static class Markdown
{
    private const int MaxLine = 200;

    /// <summary>
    /// A code span. Forges neither notify mentions nor follow links in one. Nothing escapes a backtick in it, and what escapes a bar in a table depends on
    /// the backslashes before it and on the forge: both are replaced by what looks alike.
    /// </summary>
    public static string Code(string? text, int max = MaxLine)
    {
        var line = PlainText.Line(text, max).Replace('`', '\'').Replace('|', '¦').Trim();
        return line.Length == 0 ? "` `" : $"`{line}`";
    }

    /// <summary>The address of a link; a parenthesis would end it early.</summary>
    public static string Destination(string address) =>
        address.Replace("(", "%28", StringComparison.Ordinal).Replace(")", "%29", StringComparison.Ordinal);

    /// <summary>A fenced block; the fence is longer than any run of backticks in the text.</summary>
    public static string Block(string text, int maxBytes)
    {
        var block = PlainText.Tail(text, maxBytes).TrimEnd();
        var fence = new string('`', Math.Max(3, LongestRunOfBackticks(block) + 1));
        return $"{fence}text\n{block}\n{fence}";
    }

    /// <summary>Lines of a difference in a fence that is longer than any run of backticks in them. A forge neither notifies mentions nor shows markup there.</summary>
    /// <param name="lines">Each on one line, with nothing invisible in it: see <see cref="PlainText.Marked"/>.</param>
    public static string Difference(IEnumerable<string> lines)
    {
        var block = string.Join('\n', lines);
        var fence = new string('`', Math.Max(3, LongestRunOfBackticks(block) + 1));
        return $"{fence}diff\n{block}\n{fence}";
    }

    /// <summary>A name inside of HTML, where Markdown's own escapes do not hold.</summary>
    public static string Html(string? text, int max = MaxLine)
    {
        var line = Unlink(PlainText.Line(text, max));
        var escaped = new System.Text.StringBuilder(line.Length);
        foreach (var character in line)
            escaped.Append(
                character switch
                {
                    '@' => "@\u200b",
                    '<'
                    or '>'
                    or '&'
                    or '"'
                    or '\''
                    or '`'
                    or '*'
                    or '_'
                    or '['
                    or ']'
                    or '!'
                    or '|'
                    or '~'
                    or '#'
                    or '\\' => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"&#{(int)character};"),
                    _ => character.ToString(),
                }
            );
        return $"<code>{escaped}</code>";
    }

    /// <summary>Words of a sentence: every character that Markdown or HTML could take for markup is escaped.</summary>
    public static string Sentence(string? text, int max = 500)
    {
        var line = Unlink(PlainText.Line(text, max));
        var escaped = new System.Text.StringBuilder(line.Length);
        foreach (var character in line)
            escaped.Append(
                character switch
                {
                    '<' => "&lt;",
                    '>' => "&gt;",
                    '&' => "&amp;",
                    // A mention needs its at sign directly before a name.
                    '@' => "@\u200b",
                    '\\' or '`' or '*' or '_' or '[' or ']' or '!' or '|' or '~' or '#' => "\\" + character,
                    _ => character.ToString(),
                }
            );
        return escaped.ToString();
    }

    /// <summary>Breaks what forges turn into links by themselves.</summary>
    private static string Unlink(string line) =>
        line.Replace("://", ":\u200b//", StringComparison.Ordinal)
            .Replace("www.", "www\u200b.", StringComparison.OrdinalIgnoreCase);

    private static int LongestRunOfBackticks(string text)
    {
        var (longest, current) = (0, 0);
        foreach (var character in text)
        {
            current = character == '`' ? current + 1 : 0;
            longest = Math.Max(longest, current);
        }
        return longest;
    }
}
