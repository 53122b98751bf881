using System.Globalization;
using System.Text;

namespace Bascule.Connectors.Git;

/// <summary>Makes text of strangers (commits, forges, git's messages about them) harmless to terminals, logs and readers (THREATS T76).</summary>
public static class UntrustedText
{
    /// <summary>Keeps line breaks and tabs, drops every other control, bidirectional and invisible character.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes) => Clean(Encoding.UTF8.GetString(bytes), keepLines: true);

    /// <summary>One line of at most <paramref name="max"/> characters.</summary>
    public static string Line(string text, int max)
    {
        var clean = Clean(text, keepLines: false).Trim();
        if (clean.Length <= max)
            return clean;
        return clean[..(char.IsHighSurrogate(clean[max - 1]) ? max - 1 : max)];
    }

    private static string Clean(string text, bool keepLines)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is '\n' or '\t')
                clean.Append(keepLines ? (char)rune.Value : ' ');
            else if (IsHarmless(rune))
                clean.Append(rune.ToString());
        }
        return clean.ToString();
    }

    private static bool IsHarmless(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
            );
}
