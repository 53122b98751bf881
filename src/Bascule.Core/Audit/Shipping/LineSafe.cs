using System.Globalization;
using System.Text;

namespace Bascule.Core.Audit.Shipping;

/// <summary>
/// Makes canonical JSON safe for whoever looks at a collector's copy in a terminal (THREATS T113). RFC 8785 leaves characters as they are that move the cursor,
/// turn text around or hide it: they become <c>\uXXXX</c>. The JSON value stays the same, so RFC 8785 gives the entry's bytes, and its leaf hash, back.
/// </summary>
public static class LineSafe
{
    /// <param name="canonical">RFC 8785: what is outside ASCII stands inside strings.</param>
    public static string Text(ReadOnlySpan<byte> canonical)
    {
        var text = Encoding.UTF8.GetString(canonical);
        if (!text.EnumerateRunes().Any(IsUnsafe))
            return text;
        var safe = new StringBuilder(text.Length + 64);
        Span<char> units = stackalloc char[2];
        foreach (var rune in text.EnumerateRunes())
        {
            var length = rune.EncodeToUtf16(units);
            if (!IsUnsafe(rune))
                safe.Append(units[..length]);
            else
                foreach (var unit in units[..length])
                    safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
        }
        return safe.ToString();
    }

    private static bool IsUnsafe(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned;
}
