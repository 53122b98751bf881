namespace Bascule.Core.Forges;

/// <summary>A full ref name (refs/…), stricter than <c>git check-ref-format</c>: printable characters, at most 255 bytes, nothing an option or a path could be mistaken for.</summary>
public readonly record struct RefName
{
    private const int MaxBytes = 255;
    private const string BranchPrefix = "refs/heads/";
    private const string TagPrefix = "refs/tags/";
    private readonly string? _name;

    private RefName(string name) => _name = name;

    public bool IsBranch => ToString().StartsWith(BranchPrefix, StringComparison.Ordinal);

    public bool IsTag => ToString().StartsWith(TagPrefix, StringComparison.Ordinal);

    /// <summary>What people call it: the branch or tag without its prefix, other refs in full.</summary>
    public string ShortName =>
        IsBranch ? ToString()[BranchPrefix.Length..]
        : IsTag ? ToString()[TagPrefix.Length..]
        : ToString();

    /// <summary>The number of the pull request whose head this is (refs/pull/N/head); null for every other ref.</summary>
    public long? PullRequestNumber =>
        ToString().Split('/') is ["refs", "pull", var digits, "head"]
        && long.TryParse(
            digits,
            System.Globalization.NumberStyles.None,
            System.Globalization.CultureInfo.InvariantCulture,
            out var number
        )
            ? number
            : null;

    public static RefName PullRequestHead(long number) => Parse($"refs/pull/{number}/head");

    public static bool TryBranch(string? name, out RefName result) => TryParse(BranchPrefix + name, out result);

    public static bool TryParse(string? text, out RefName name)
    {
        var valid = text is not null && IsWellFormed(text);
        name = valid ? new RefName(text!) : default;
        return valid;
    }

    /// <exception cref="FormatException">The text is not an acceptable full ref name.</exception>
    public static RefName Parse(string text) =>
        TryParse(text, out var name) ? name : throw new FormatException("not an acceptable full ref name");

    public override string ToString() => _name ?? "";

    private static bool IsWellFormed(string text) =>
        text.StartsWith("refs/", StringComparison.Ordinal)
        && System.Text.Encoding.UTF8.GetByteCount(text) <= MaxBytes
        && !text.Contains("..", StringComparison.Ordinal)
        && !text.Contains("@{", StringComparison.Ordinal)
        && !text.EndsWith('.')
        && text.EnumerateRunes().All(IsAllowed)
        && text.Split('/') is { Length: >= 3 } parts
        && parts.All(IsComponent);

    private static bool IsAllowed(System.Text.Rune rune) =>
        rune.Value != 0xFFFD
        && !" ~^:?*[\\".Contains(rune.ToString(), StringComparison.Ordinal)
        && System.Text.Rune.GetUnicodeCategory(rune)
            is not (
                System.Globalization.UnicodeCategory.Control
                or System.Globalization.UnicodeCategory.Format
                or System.Globalization.UnicodeCategory.LineSeparator
                or System.Globalization.UnicodeCategory.ParagraphSeparator
                or System.Globalization.UnicodeCategory.SpaceSeparator
                or System.Globalization.UnicodeCategory.PrivateUse
                or System.Globalization.UnicodeCategory.OtherNotAssigned
            );

    private static bool IsComponent(string part) =>
        part.Length > 0 && part[0] is not ('.' or '-') && !part.EndsWith(".lock", StringComparison.Ordinal);
}
