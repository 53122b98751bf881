using System.Globalization;
using System.Text;
using Bascule.Core;
using Bascule.Core.Content;

namespace Bascule.Connectors.Git;

/// <summary>Names that must not reach a platform: they climb, hide, impersonate git's own files, or become one there (THREATS T66, T67, T74).</summary>
public static class TreeNames
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Checks every name of one folder, and the names against each other.</summary>
    public static Problem? Check(string folder, IReadOnlyList<TreeItem> items)
    {
        var seen = new NameCollisions();
        foreach (var item in items)
        {
            if (WhyRefused(item) is { } why)
                return Refuse(folder, item, why);
            if (seen.Add(item.Text) is { } other)
                return Refuse(folder, item, $"is the same as '{other}' where case or Unicode form does not count");
        }
        return null;
    }

    private static Problem Refuse(string folder, TreeItem item, string why) =>
        Problem.Invalid(
            $"'{UntrustedText.Line(TreePath.Join(folder, item.Text), 300)}' {why}; rename it in the repository"
        );

    private static string? WhyRefused(TreeItem item)
    {
        if (!TryDecode(item.Name, out var name))
            return "is not named in UTF-8";
        if (name is "" or "." or ".." || name.AsSpan().ContainsAny('/', '\\'))
            return "has a name that leads to another folder";
        if (name.EnumerateRunes().Any(IsHidden))
            return "has control or bidirectional characters in its name";
        if (GitNames.IsGitFolder(name))
            return "has a name that some systems take for git's own folder";
        return item.Kind is TreeEntryKind.Symlink && GitNames.IsGitModules(name)
            ? "is a symbolic link in the place of git's own file"
            : null;
    }

    private static bool TryDecode(byte[] bytes, out string name)
    {
        try
        {
            name = Strict.GetString(bytes);
            return true;
        }
        catch (DecoderFallbackException)
        {
            name = "";
            return false;
        }
    }

    /// <summary>Controls, line separators, and the characters of Unicode's Bidi_Control property.</summary>
    private static bool IsHidden(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.Control
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
        || rune.Value is 0x061C or 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);
}
