using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.Mlflow;

/// <summary>What an environment's <c>observe</c> may name of one kind.</summary>
internal static class ObservedNames
{
    private const int Most = 20;

    /// <param name="settings">The keys of <c>observe</c>.</param>
    /// <param name="fault">What is wrong with a name; null for a good one.</param>
    /// <param name="remedy">What to write instead.</param>
    public static IReadOnlyList<string> Read(
        SettingReader settings,
        string key,
        Func<string, string?> fault,
        string remedy
    )
    {
        var names = settings.Texts(key);
        if (names.Select(fault).FirstOrDefault(wrong => wrong is not null) is { } wrong)
            settings.Refuse(key, wrong, remedy);
        if (names.Count > Most)
            settings.Refuse(key, $"names more than {Most}", "each costs calls at every look; list those that matter");
        return names;
    }
}
