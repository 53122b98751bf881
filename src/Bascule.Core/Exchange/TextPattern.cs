using System.Text.RegularExpressions;

namespace Bascule.Core.Exchange;

/// <summary>
/// A regular expression for a whole text: never half-anchored (THREATS T48), never before a final newline (T49), without words that mean more than they say
/// (T50), in time proportional to the text (T51).
/// </summary>
public sealed record TextPattern
{
    private const int MaxLength = 255;
    private const string WiderThanTheyLook = "dDwWsSbBAzZG";
    private readonly Regex _regex;

    private TextPattern(string text) =>
        (Text, _regex) = (
            text,
            new Regex($@"\A(?:{text})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)
        );

    /// <summary>As the settings write it.</summary>
    public string Text { get; }

    /// <summary>Invalid says what stands in the way, to follow "the pattern".</summary>
    public static Result<TextPattern> Create(string text)
    {
        if (FaultOf(text) is { } fault)
            return Problem.Invalid(fault);
        try
        {
            // By itself first: what is whole only between our own brackets, as a)|(b, would get out of them.
            _ = new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return new TextPattern(text);
        }
        catch (Exception wrong) when (wrong is ArgumentException or NotSupportedException)
        {
            return Problem.Invalid("is no regular expression that is understood here");
        }
    }

    public bool IsMatch(string text) => _regex.IsMatch(text);

    public bool Equals(TextPattern? other) => other is not null && other.Text == Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;

    private static string? FaultOf(string text) =>
        text.Length == 0 ? "is empty"
        : text.Length > MaxLength ? $"is longer than {MaxLength} characters"
        : text.Any(char.IsControl) ? "holds a character that cannot be seen"
        : FaultOfParts(text);

    private static string? FaultOfParts(string text)
    {
        for (var at = 0; at < text.Length - 1; at++)
        {
            var next = text[at + 1];
            if (text[at] == '\\' && WiderThanTheyLook.Contains(next, StringComparison.Ordinal))
                return $"holds \\{next}, which is more than ASCII, or an anchor that is there already; write [0-9] or [A-Za-z0-9_]";
            if (text[at] == '\\')
                at++;
            else if (text[at] == '(' && next == '?' && (at + 2 == text.Length || text[at + 2] != ':'))
                return "holds (? without a colon; only groups (?:…) are taken";
        }
        return null;
    }
}
