using Bascule.Core.Identity.Tokens;
using Bascule.Core.Settings;

namespace Bascule.Core.Exchange;

/// <summary>
/// What one claim must be. By type: a text is no list, a number no text, and what is null, empty or absent never matches (THREATS T37, T38); nor does what
/// holds a control character (T49).
/// </summary>
public abstract record ClaimDemand
{
    public abstract bool IsMetBy(TokenClaims claims, string name);

    /// <summary>What it asks for, to follow "must be".</summary>
    public abstract override string ToString();

    /// <summary>A claim's text; null for what is none and for what cannot be shown on a line.</summary>
    protected static string? TextOf(TokenClaims claims, string name) => Clean(claims.Text(name));

    protected static string? Clean(string? text) => text is null || text.Any(char.IsControl) ? null : text;
}

/// <summary>The text is one of these.</summary>
public sealed record IsOneOf(IReadOnlyList<string> Texts) : ClaimDemand
{
    public override bool IsMetBy(TokenClaims claims, string name) =>
        TextOf(claims, name) is { } text && Texts.Contains(text, StringComparer.Ordinal);

    public override string ToString() => ClaimWords.Quote(Texts);
}

/// <summary>The whole text fits the pattern.</summary>
public sealed record FitsGlob(Glob Pattern) : ClaimDemand
{
    public override bool IsMetBy(TokenClaims claims, string name) =>
        TextOf(claims, name) is { } text && Pattern.IsMatch(text);

    public override string ToString() => $"a text like '{Pattern}'";
}

/// <summary>The whole text fits the regular expression.</summary>
public sealed record FitsRegex(TextPattern Pattern) : ClaimDemand
{
    public override bool IsMetBy(TokenClaims claims, string name) =>
        TextOf(claims, name) is { } text && Pattern.IsMatch(text);

    public override string ToString() => $"a text that fits /{Pattern}/ as a whole";
}

/// <summary>The list of texts holds one of these.</summary>
public sealed record HasOneOf(IReadOnlyList<string> Texts) : ClaimDemand
{
    public override bool IsMetBy(TokenClaims claims, string name) =>
        claims.Texts(name) is { } list
        && list.Any(item => Clean(item) is { } text && Texts.Contains(text, StringComparer.Ordinal));

    public override string ToString() => $"a list with {ClaimWords.Quote(Texts)}";
}

/// <summary>The truth value itself, never the word for it.</summary>
public sealed record IsFlag(bool Value) : ClaimDemand
{
    public override bool IsMetBy(TokenClaims claims, string name) => claims.Flag(name) == Value;

    public override string ToString() => Value ? "true, without quotes" : "false, without quotes";
}

/// <summary>The whole number itself, never its digits as a text.</summary>
public sealed record IsNumber(long Value) : ClaimDemand
{
    public override bool IsMetBy(TokenClaims claims, string name) => claims.Number(name) == Value;

    public override string ToString() => $"the number {Value}";
}

internal static class ClaimWords
{
    public static string Quote(IReadOnlyList<string> texts) => string.Join(" or ", texts.Select(text => $"'{text}'"));
}
