using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.Databricks.Bundles;

/// <summary>Every text of a bundle that counts for one target: paths that lead out of the commit, and what depends on who asks.</summary>
internal sealed class BundleTexts(string target, BundleFindings findings)
{
    /// <summary>Plans and deployments are made by two principals.</summary>
    private const string CurrentUser = "workspace.current_user";

    public static bool HasReference(string text) => text.Contains("${", StringComparison.Ordinal);

    /// <summary>Whether a text has <c>..</c> as a part of a path.</summary>
    public static bool ClimbsSomewhere(string text) => text.Split('/', '\\').Contains("..");

    public static IEnumerable<SettingScalar> Below(SettingNode node) =>
        node switch
        {
            SettingScalar scalar => [scalar],
            SettingList list => list.Items.SelectMany(Below),
            SettingMap map => map.Entries.SelectMany(entry => Below(entry.Value)),
            _ => [],
        };

    public void Check(BundleFile file)
    {
        var depth = file.Path.Count(character => character == '/');
        foreach (var entry in file.Map.Entries)
        foreach (var text in Texts(entry))
            Check(text, depth);
    }

    /// <summary>Other targets are not loaded: a developer's own may say what it likes.</summary>
    private IEnumerable<SettingScalar> Texts(SettingEntry entry) =>
        entry is { Key: "targets", Value: SettingMap targets }
            ? targets.Entries.Where(one => one.Key == target).SelectMany(one => Below(one.Value))
            : Below(entry.Value);

    private void Check(SettingScalar text, int depth)
    {
        if (text.Text.Contains(CurrentUser, StringComparison.Ordinal))
            findings.Add(
                text.Location,
                "depends on ${workspace.current_user}, and a plan is made by another principal than the deployment; write the name or path itself"
            );
        if (ClimbsSomewhere(text.Text) && (HasReference(text.Text) || LeadsOut(text.Text, depth)))
            findings.Add(
                text.Location,
                "is a path that leads out of the bundle's folder; keep what it needs below databricks.yml"
            );
    }

    /// <summary>Relative to the file that it stands in, or to the bundle's root: it must stay inside by both.</summary>
    private static bool LeadsOut(string text, int depth)
    {
        if (text.StartsWith('/'))
            return true;
        foreach (var part in text.Split('/', '\\'))
        {
            depth += part switch
            {
                ".." => -1,
                "" or "." => 0,
                _ => 1,
            };
            if (depth < 0)
                return true;
        }
        return false;
    }
}
