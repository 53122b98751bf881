using System.Text;

namespace Bascule.Core.Text;

/// <summary>Terminal escape sequences (ECMA-48): colours, cursor moves, titles, links.</summary>
internal static class EscapeSequences
{
    private const char Escape = '\u001b';
    private const char StringEnd = '\u009c';

    /// <summary>Every character of the text that is not part of a sequence. A lone surrogate comes out as U+FFFD.</summary>
    public static IEnumerable<Rune> Skip(string text)
    {
        for (var i = 0; i < text.Length; )
        {
            var length = LengthAt(text, i);
            if (length == 0)
            {
                Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out length);
                yield return rune;
            }
            i += length;
        }
    }

    /// <summary>UTF-16 units of the sequence that starts here; 0 when none does.</summary>
    private static int LengthAt(string text, int start)
    {
        if (text[start] == '\u009b')
            return ControlLength(text, start + 1) - start;
        if (text[start] is '\u0090' or '\u0098' or '\u009d' or '\u009e' or '\u009f')
            return StringLength(text, start + 1) - start;
        if (text[start] != Escape || start + 1 == text.Length)
            return 0;
        return text[start + 1] switch
        {
            '[' => ControlLength(text, start + 2) - start,
            'P' or 'X' or ']' or '^' or '_' => StringLength(text, start + 2) - start,
            _ => OtherLength(text, start + 1) - start,
        };
    }

    private static int ControlLength(string text, int from)
    {
        var end = SkipWhile(text, from, '\u0020', '\u003f');
        return end < text.Length && text[end] is >= '\u0040' and <= '\u007e' ? end + 1 : end;
    }

    private static int OtherLength(string text, int from)
    {
        var end = SkipWhile(text, from, '\u0020', '\u002f');
        return end < text.Length && text[end] is >= '\u0030' and <= '\u007e' ? end + 1 : end;
    }

    // A string ends at its terminator. One that meets another control first is broken: only its introducer goes, or it could swallow lines of a log.
    // (It also keeps the scan linear: no character is looked at by two strings.)
    private static int StringLength(string text, int from)
    {
        for (var i = from; i < text.Length; i++)
        {
            if (text[i] is '\a' or StringEnd)
                return i + 1;
            if (text[i] == Escape && i + 1 < text.Length && text[i + 1] == '\\')
                return i + 2;
            if (char.IsControl(text[i]))
                break;
        }
        return from;
    }

    private static int SkipWhile(string text, int from, char first, char last)
    {
        while (from < text.Length && text[from] >= first && text[from] <= last)
            from++;
        return from;
    }
}
