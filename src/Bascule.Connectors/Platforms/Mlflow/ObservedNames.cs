using Bascule.Core.Settings;
using Bascule.Core.Text;

namespace Bascule.Connectors.Platforms.Mlflow;

/// <summary>What an environment's <c>observe</c> may name of one kind.</summary>
internal static class ObservedNames
{
    private const int Most = 20;
    private const int LongestName = 200;

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

    /// <summary>What is wrong with a name of which nothing else is known; null for a good one.</summary>
    public static string? PlainFault(string name) =>
        name.Length is 0 or > LongestName || PlainText.Line(name, LongestName) != name
            ? $"names something that is not 1 to {LongestName} plain characters on one line"
            : null;

    /// <summary>After all kinds were read.</summary>
    /// <param name="kinds">Of which there is to be one at least, in words.</param>
    public static void End(SettingReader settings, bool isEmpty, string kinds)
    {
        if (isEmpty && !settings.HasProblems)
            settings.Refuse("models", "is missing", $"name {kinds}, or remove observe");
        settings.RefuseOthers();
    }
}
