using System.Buffers;
using System.Globalization;
using System.Text;

namespace Bascule.Core.Text;

/// <summary>
/// Makes text that somebody else wrote (branch names, commit subjects, logs, metric names) safe to show on one line, in a block, a terminal or a log (THREATS T113).
/// It does not escape for HTML, Markdown or JSON: whoever writes those does.
/// </summary>
public static class PlainText
{
    private const string Cut = "…";

    /// <summary>One line: escape sequences, controls and invisible characters are gone, every run of white space is one space.</summary>
    /// <param name="max">In UTF-16 units; a longer text ends with <c>…</c> inside the limit.</param>
    public static string Line(string? text, int max)
    {
        var line = new StringBuilder();
        var spaceDue = false;
        foreach (var rune in EscapeSequences.Skip(text ?? ""))
        {
            if (Rune.IsWhiteSpace(rune))
                spaceDue = line.Length > 0;
            else if (IsShown(rune))
            {
                if (spaceDue)
                    line.Append(' ');
                spaceDue = false;
                line.Append(rune);
            }
            if (line.Length > max)
                return Start(line, max);
        }
        return line.ToString();
    }

    /// <summary>Several lines, separated by LF, with their tabs; otherwise as <see cref="Line"/>.</summary>
    /// <param name="maxBytes">In UTF-8. A longer text loses its end.</param>
    public static string Block(string? text, int maxBytes)
    {
        var block = Shown(text, maxBytes, out var bytes);
        if (bytes <= maxBytes)
            return block.ToString();
        var room = maxBytes - Encoding.UTF8.GetByteCount(Cut);
        return room < 0 ? "" : string.Concat(FirstBytes(block.ToString(), room), Cut);
    }

    /// <summary>As <see cref="Block"/>, but a longer text loses its beginning: of a log, the end says why it failed.</summary>
    /// <param name="maxBytes">In UTF-8.</param>
    public static string Tail(string? text, int maxBytes)
    {
        var block = Shown(text, int.MaxValue, out var bytes).ToString();
        if (bytes <= maxBytes)
            return block;
        var tail = LastBytes(block, maxBytes);
        var line = tail.IndexOf('\n');
        return (line < 0 ? tail : tail[(line + 1)..]).ToString();
    }

    /// <summary>
    /// One line of source whose every character counts: its tabs and spaces stay, and what would not be seen, or would show the others in another order, is
    /// written as its number, <c>[U+202E]</c> (THREATS T130).
    /// </summary>
    /// <param name="max">In UTF-16 units; a longer line ends with <c>…</c> inside the limit.</param>
    public static string Marked(string? text, int max)
    {
        var line = new StringBuilder();
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            if (rune.Value == '\t' || IsShown(rune))
                line.Append(rune);
            else
                line.Append(CultureInfo.InvariantCulture, $"[U+{rune.Value:X4}]");
            if (line.Length > max)
                return Start(line, max);
        }
        return line.ToString();
    }

    private static StringBuilder Shown(string? text, int enough, out int bytes)
    {
        var block = new StringBuilder();
        var afterReturn = false;
        bytes = 0;
        foreach (var rune in EscapeSequences.Skip(text ?? ""))
        {
            // A lone CR is how progress bars overwrite a line; shown as a line of its own, nothing can be hidden by it.
            var lineBreak = rune.Value is '\n' or '\r' or 0x85 or 0x2028 or 0x2029;
            if (lineBreak && !(afterReturn && rune.Value == '\n'))
                bytes += Append(block, new Rune('\n'));
            else if (!lineBreak && (rune.Value == '\t' || IsShown(rune)))
                bytes += Append(block, rune);
            afterReturn = rune.Value == '\r';
            if (bytes > enough)
                break;
        }
        return block;
    }

    private static int Append(StringBuilder block, Rune rune)
    {
        block.Append(rune);
        return rune.Utf8SequenceLength;
    }

    // Format characters reorder or hide text (bidi controls, zero width, tags); the two joiners that scripts and emoji need stay.
    private static bool IsShown(Rune rune) =>
        rune.Value is 0x200C or 0x200D
        || Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
            );

    private static string Start(StringBuilder line, int max)
    {
        if (max <= 0)
            return "";
        var length = char.IsHighSurrogate(line[Math.Max(0, max - 2)]) && max > 1 ? max - 2 : max - 1;
        return line.ToString(0, length) + Cut;
    }

    private static ReadOnlySpan<char> FirstBytes(ReadOnlySpan<char> text, int bytes)
    {
        var used = 0;
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            used += rune.Utf8SequenceLength;
            if (used > bytes)
                break;
            length += rune.Utf16SequenceLength;
        }
        return text[..length];
    }

    private static ReadOnlySpan<char> LastBytes(ReadOnlySpan<char> text, int bytes)
    {
        var start = text.Length;
        while (Rune.DecodeLastFromUtf16(text[..start], out var rune, out var units) == OperationStatus.Done)
        {
            bytes -= rune.Utf8SequenceLength;
            if (bytes < 0)
                break;
            start -= units;
        }
        return text[start..];
    }
}
