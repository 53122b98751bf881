using System.Text.RegularExpressions;

namespace Bascule.Server.Mirrors;

/// <summary>What the programs behind <c>git verify-commit --raw</c> said, read strictly: whatever is not exactly one good signature is none.</summary>
internal static partial class SignatureReport
{
    private const string Mark = "[GNUPG:] ";

    private static readonly string[] Bad =
    [
        "BADSIG",
        "ERRSIG",
        "EXPSIG",
        "EXPKEYSIG",
        "REVKEYSIG",
        "NODATA",
        "FAILURE",
    ];

    /// <summary>The fingerprint that the one good signature is of, by the name that stands beside the key in the list of signers; null when there is none.</summary>
    public static string? GoodSsh(string text) =>
        text.Trim() is var line
        && Good().Match(line) is { Success: true } match
        && match.Groups["who"].Value == match.Groups["key"].Value
            ? match.Groups["key"].Value
            : null;

    /// <summary>The key of a signature that nobody in the list of signers made.</summary>
    public static string? StrangeSsh(string text) =>
        Strange().Match(text) is { Success: true } match ? match.Groups["key"].Value : null;

    /// <summary>The signing key and its primary key; null unless there is exactly one signature, and it is good.</summary>
    public static (string Signing, string Primary)? GoodOpenPgp(string text)
    {
        var lines = Lines(text);
        var isOne = lines.Count(line => line[0] == "NEWSIG") <= 1 && lines.Count(line => line[0] == "GOODSIG") == 1;
        if (!isOne || lines.Exists(line => Bad.Contains(line[0])))
            return null;
        // fingerprint, date, time, expiry, version, reserved, algorithm, hash, class, primary
        return lines.FindAll(line => line[0] == "VALIDSIG") is [{ Length: >= 11 } valid] ? (valid[1], valid[10]) : null;
    }

    /// <summary>Why it is not good, as far as gpg says.</summary>
    public static string WhyNotOpenPgp(string text)
    {
        var lines = Lines(text);
        bool Said(string word) => lines.Exists(line => line[0] == word);
        if (lines.Count(line => line[0] == "NEWSIG") > 1)
            return "it carries more than one signature";
        if (Said("BADSIG"))
            return "its signature is of something else: the commit was changed, or the signature was taken from another one";
        if (Said("REVKEYSIG"))
            return "the key that signed it is revoked";
        if (Said("EXPKEYSIG"))
            return "the key that signed it has expired";
        if (Said("EXPSIG"))
            return "its signature has expired";
        if (lines.Find(line => line[0] == "ERRSIG" && line.Length > 1) is { } unknown && Said("NO_PUBKEY"))
            return $"it is signed with {unknown[^1].TrimStart('-')}, which nobody whose account is linked here has confirmed";
        return "its signature cannot be checked: it is damaged, or made with something too weak";
    }

    private static List<string[]> Lines(string text) =>
        [
            .. text.Split('\n')
                .Where(line => line.StartsWith(Mark, StringComparison.Ordinal))
                .Select(line => line[Mark.Length..].Split(' ')),
        ];

    [GeneratedRegex(
        "^Good \"git\" signature for (?<who>SHA256:[A-Za-z0-9+/]{43}) with [A-Z0-9-]+ key (?<key>SHA256:[A-Za-z0-9+/]{43})\\z",
        RegexOptions.CultureInvariant,
        1000
    )]
    private static partial Regex Good();

    [GeneratedRegex(
        "^Good \"git\" signature with [A-Z0-9-]+ key (?<key>SHA256:[A-Za-z0-9+/]{43})$",
        RegexOptions.CultureInvariant | RegexOptions.Multiline,
        1000
    )]
    private static partial Regex Strange();
}
