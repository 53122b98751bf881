using System.Globalization;
using Bascule.Core.Exchange;
using Bascule.Core.Settings;

namespace Bascule.Server.Configuration;

/// <summary>
/// Reads the <c>claims</c> of a trust policy. A value is what YAML says it is: <c>true</c> and <c>7</c> are a truth value and a number, in quotes they are texts.
/// </summary>
internal static class ClaimRulesReader
{
    private const string Forms =
        "write a value, a list of texts of which it must be one, or exactly one of { pattern: … }, { regex: … }, { has: … }";
    private static readonly string[] Kinds = ["pattern", "regex", "has"];

    public static IReadOnlyList<ClaimRule> Read(SettingReader claims)
    {
        List<ClaimRule> rules = [];
        foreach (var name in claims.Keys)
            if (ReadDemand(claims, name) is { } demand)
                rules.Add(new ClaimRule(name, demand));
        if (!claims.Keys.Any())
            claims.Refuse("", "holds nothing", "name a claim below it, or remove the key");
        return rules;
    }

    public static ClaimDemand? ReadGlob(SettingReader settings, string key)
    {
        if (settings.RequiredText(key, "write a pattern, e.g. \"system:serviceaccount:ml:*\"") is not { } text)
            return null;
        if (Glob.TryParse(text, out var glob, out var fault))
            return new FitsGlob(glob);
        settings.Refuse(
            key,
            $"holds the pattern '{text}', which {fault}",
            "use * within a part and ** for whole parts"
        );
        return null;
    }

    public static ClaimDemand? ReadRegex(SettingReader settings, string key)
    {
        if (settings.RequiredText(key, "write a regular expression for the whole text") is not { } text)
            return null;
        var pattern = TextPattern.Create(text);
        if (!pattern.Failed(out var wrong))
            return new FitsRegex(pattern.Value);
        settings.Refuse(key, $"holds the pattern '{text}', which {wrong.Message}", "correct it, or use a glob");
        return null;
    }

    private static ClaimDemand? ReadDemand(SettingReader claims, string name)
    {
        switch (claims.Find(name))
        {
            case SettingMap:
                return ReadKind(claims.Map(name)!);
            case SettingList:
                return ReadTexts(claims, name) is { } texts ? new IsOneOf(texts) : null;
            case SettingScalar { Quoted: false } scalar when ReadValue(scalar.Text) is { } value:
                return value;
            default:
                return claims.RequiredText(name, Forms) is { } text ? new IsOneOf([text]) : null;
        }
    }

    private static ClaimDemand? ReadValue(string text) =>
        text switch
        {
            "true" => new IsFlag(true),
            "false" => new IsFlag(false),
            _ => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number.ToString(CultureInfo.InvariantCulture) == text
                ? new IsNumber(number)
                : null,
        };

    private static ClaimDemand? ReadKind(SettingReader claim)
    {
        var given = Kinds.Where(kind => claim.Find(kind) is not null).ToList();
        claim.RefuseOthers();
        if (given is not [var kind])
        {
            claim.Refuse("", given.Count == 0 ? "says nothing" : $"says {string.Join(" and ", given)} at once", Forms);
            return null;
        }
        return kind switch
        {
            "pattern" => ReadGlob(claim, kind),
            "regex" => ReadRegex(claim, kind),
            _ => ReadHas(claim, kind),
        };
    }

    private static HasOneOf? ReadHas(SettingReader claim, string key)
    {
        if (claim.Find(key) is SettingList)
            return ReadTexts(claim, key) is { } texts ? new HasOneOf(texts) : null;
        return claim.RequiredText(key, "write what the list must hold, or several of which one is enough") is { } text
            ? new HasOneOf([text])
            : null;
    }

    private static IReadOnlyList<string>? ReadTexts(SettingReader settings, string key)
    {
        var texts = settings.RequiredTexts(key, "list at least one text");
        if (texts.Any(text => text.Length == 0))
            settings.Refuse(key, "holds an empty text", "nothing is never something: write what it must be");
        return texts.Count == 0 ? null : texts;
    }
}
