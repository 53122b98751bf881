using System.Text;

namespace Bascule.Cli.Features.Git;

/// <summary>One setting as git keeps it: <c>section.subsection.key = value</c>.</summary>
/// <param name="Subsection">Written in quotes; an address.</param>
internal sealed record GitSetting(string Section, string Subsection, string Key, string Value)
{
    public string Name => $"{Section}.{Subsection}.{Key}";

    /// <summary>As a file holds them, each section once, in the order given.</summary>
    public static string Write(IEnumerable<GitSetting> settings)
    {
        var text = new StringBuilder();
        foreach (var section in settings.GroupBy(setting => (setting.Section, setting.Subsection)))
        {
            text.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $"[{section.Key.Section} {Quote(section.Key.Subsection)}]\n"
            );
            foreach (var setting in section)
                text.Append(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"\t{setting.Key} = {Quote(setting.Value)}\n"
                );
        }
        return text.ToString();
    }

    /// <summary>git-config(1), syntax: only these two need a backslash within quotes.</summary>
    private static string Quote(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
