using System.Globalization;
using System.Text;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Yaml;

/// <summary>Decodes a settings file and refuses characters that make a file look different from what it says (THREATS T76, T125).</summary>
internal static class YamlText
{
    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    public static string? Decode(
        ReadOnlySpan<byte> utf8,
        string file,
        YamlLimits limits,
        ICollection<SettingProblem> problems
    )
    {
        if (utf8.Length > limits.MaxBytes)
            return Refuse("is too large", $"keep it under {limits.MaxBytes / 1024} KiB", 1, 1);
        try
        {
            var text = Strict.GetString(utf8.StartsWith(Encoding.UTF8.Preamble) ? utf8[3..] : utf8);
            return FindInvisible(text) is { } found
                ? Refuse($"holds the invisible character {found.Name}", "delete it", found.Line, found.Column)
                : text;
        }
        catch (DecoderFallbackException)
        {
            return Refuse("is not valid UTF-8", "save it as UTF-8", 1, 1);
        }

        string? Refuse(string message, string remedy, int line, int column)
        {
            problems.Add(new SettingProblem(new SettingLocation(file, line, column), "the file", message, remedy));
            return null;
        }
    }

    /// <summary>The first character that cannot be seen, for values that came out of escapes.</summary>
    public static string? InvisibleIn(string value) => FindInvisible(value) is { } found ? found.Name : null;

    /// <summary>The first character that cannot be seen, and where; null when all can.</summary>
    public static (string Name, int Line, int Column)? FindInvisible(string text)
    {
        var (line, lineStart) = (1, 0);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n')
                (line, lineStart) = (line + 1, i + 1);
            else if (IsInvisible(text[i]))
                return ($"U+{(int)text[i]:X4}", line, i - lineStart + 1);
        }
        return null;
    }

    private static bool IsInvisible(char character) =>
        character is not ('\t' or '\r' or '\n')
        && char.GetUnicodeCategory(character)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator;
}
