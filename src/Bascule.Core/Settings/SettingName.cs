namespace Bascule.Core.Settings;

/// <summary>Names that operators and developers choose: they travel into addresses, token subjects and messages, so little is allowed in them.</summary>
public static class SettingName
{
    private const int MaxLength = 63;

    public static string Rule =>
        "use lower-case letters, digits and hyphens, a letter or digit first and last, at most 63";

    public static bool IsWellFormed(string name) =>
        name.Length is > 0 and <= MaxLength
        && name.AsSpan().IndexOfAnyExcept("abcdefghijklmnopqrstuvwxyz0123456789-") < 0
        && name[0] != '-'
        && name[^1] != '-';

    /// <summary>The entries of a map whose keys are such names; other keys are reported, and their settings still read.</summary>
    public static IEnumerable<(string Name, SettingReader Settings)> NamedMaps(this SettingReader settings)
    {
        foreach (var key in settings.Keys.Where(key => !IsWellFormed(key)))
            settings.Refuse(key, "is not a name", Rule);
        return settings.Maps();
    }
}
