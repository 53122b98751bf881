using System.Globalization;
using System.Text;

namespace Bascule.Connectors.Tests.Collectors;

/// <summary>What a terminal would do with a collector's copy.</summary>
internal static class Shown
{
    /// <summary>One line, of characters that are only themselves.</summary>
    public static void ShouldBeHarmless(string line) =>
        line.EnumerateRunes()
            .Where(rune =>
                Rune.GetUnicodeCategory(rune)
                    is UnicodeCategory.Control
                        or UnicodeCategory.Format
                        or UnicodeCategory.LineSeparator
                        or UnicodeCategory.ParagraphSeparator
            )
            .ShouldBeEmpty(line);
}
