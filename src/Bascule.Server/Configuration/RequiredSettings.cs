using Bascule.Core.Settings;

namespace Bascule.Server.Configuration;

/// <summary>What must be there and must not be empty.</summary>
internal static class RequiredSettings
{
    public static SettingReader? RequiredMap(this SettingReader settings, string key, string remedy)
    {
        if (settings.Find(key) is SettingMap { Entries.Count: > 0 })
            return settings.Map(key);
        settings.Refuse(key, settings.Find(key) is null ? "is missing" : "holds nothing", remedy);
        return null;
    }

    public static IReadOnlyList<string> RequiredTexts(this SettingReader settings, string key, string remedy)
    {
        if (settings.Find(key) is null or SettingList { Items.Count: 0 })
            settings.Refuse(key, settings.Find(key) is null ? "is missing" : "holds nothing", remedy);
        return settings.Texts(key);
    }

    public static IReadOnlyList<Glob> RequiredGlobs(this SettingReader settings, string key, string remedy)
    {
        if (settings.Find(key) is null or SettingList { Items.Count: 0 })
            settings.Refuse(key, settings.Find(key) is null ? "is missing" : "holds nothing", remedy);
        return settings.Globs(key);
    }

    /// <summary>The word by which a connector is found; null when missing or not known.</summary>
    public static string? RequiredKind(this SettingReader settings, IEnumerable<string> kinds)
    {
        var known = kinds.ToList();
        var remedy = $"use one of: {string.Join(", ", known)}";
        var kind = settings.RequiredText("kind", remedy);
        if (kind is null || known.Contains(kind))
            return kind;
        settings.Refuse("kind", $"'{kind}' is not known", remedy);
        return null;
    }
}
