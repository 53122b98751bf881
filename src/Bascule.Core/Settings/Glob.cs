using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Bascule.Core.Settings;

/// <summary>
/// A pattern for names that are parts between slashes: <c>*</c> stands for any characters within one part, a part <c>**</c> for any number of parts.
/// Case-sensitive, always for the whole name, compared character by character: a name in another Unicode form is another name
/// (THREATS T48, T50, T51, T56). Takes time in proportion to pattern times name, never more.
/// </summary>
public sealed class Glob : IEquatable<Glob>
{
    private const int MaxLength = 255;
    private const string AnyParts = "**";
    private readonly string _pattern;
    private readonly string[] _parts;

    private Glob(string pattern)
    {
        _pattern = pattern;
        _parts = pattern.Split('/');
    }

    /// <summary>Whether it stands for one name only.</summary>
    public bool IsLiteral => !_pattern.Contains('*', StringComparison.Ordinal);

    public static bool TryParse(
        string? pattern,
        [NotNullWhen(true)] out Glob? glob,
        [NotNullWhen(false)] out string? fault
    )
    {
        fault = FaultOf(pattern ?? "");
        glob = fault is null ? new Glob(pattern!) : null;
        return fault is null;
    }

    /// <exception cref="FormatException">The text is not a pattern.</exception>
    public static Glob Parse(string pattern) =>
        TryParse(pattern, out var glob, out var fault)
            ? glob
            : throw new FormatException($"'{pattern}' is not a pattern: it {fault}");

    /// <summary>False for every name that is not clean: empty parts, <c>.</c>, <c>..</c>, backslashes, control characters.</summary>
    public bool IsMatch(string name)
    {
        var parts = name.Split('/');
        return parts.All(IsCleanPart) && Matches(parts);
    }

    public bool Equals(Glob? other) => other is not null && other._pattern == _pattern;

    public override bool Equals(object? obj) => Equals(obj as Glob);

    public override int GetHashCode() => _pattern.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => _pattern;

    private static string? FaultOf(string pattern) =>
        pattern.Length == 0 ? "is empty"
        : pattern.Length > MaxLength ? $"is longer than {MaxLength} characters"
        : pattern.AsSpan().IndexOfAny("?[]{}!") >= 0 ? "holds one of ? [ ] { } !, which have no meaning here"
        : FaultOfParts(pattern.Split('/'));

    private static string? FaultOfParts(string[] parts) =>
        parts.Any(part => part.Length == 0) ? "has an empty part: a slash at an end, or two in a row"
        : !parts.All(IsCleanPart) ? "holds '.', '..', a backslash or a character that cannot be seen"
        : parts.Any(part => part != AnyParts && part.Contains(AnyParts, StringComparison.Ordinal))
            ? "joins ** with something else: it stands alone between slashes"
        : null;

    private static bool IsCleanPart(string part) =>
        part is not ("" or "." or "..") && !part.Any(character => character == '\\' || IsInvisible(character));

    private static bool IsInvisible(char character) =>
        char.GetUnicodeCategory(character)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator;

    /// <summary>Only the latest ** ever needs to take one part more: whatever an earlier one could take, this one can.</summary>
    private bool Matches(string[] names)
    {
        var (part, name, retryPart, retryName) = (0, 0, -1, 0);
        while (name < names.Length)
        {
            if (part < _parts.Length && _parts[part] == AnyParts)
                (retryPart, retryName) = (part++, name);
            else if (part < _parts.Length && MatchesPart(_parts[part], names[name]))
                (part, name) = (part + 1, name + 1);
            else if (retryPart >= 0)
                (part, name) = (retryPart + 1, ++retryName);
            else
                return false;
        }
        return _parts.AsSpan(part).IndexOfAnyExcept(AnyParts) < 0;
    }

    private static bool MatchesPart(string pattern, string text)
    {
        var (at, position, retryAt, retryPosition) = (0, 0, -1, 0);
        while (position < text.Length)
        {
            if (at < pattern.Length && pattern[at] == '*')
                (retryAt, retryPosition) = (at++, position);
            else if (at < pattern.Length && pattern[at] == text[position])
                (at, position) = (at + 1, position + 1);
            else if (retryAt >= 0)
                (at, position) = (retryAt + 1, ++retryPosition);
            else
                return false;
        }
        return pattern.AsSpan(at).IndexOfAnyExcept('*') < 0;
    }
}
