using Bascule.Connectors.Yaml;
using Bascule.Core.Content;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.Databricks.Bundles;

/// <summary>One file of a bundle's configuration.</summary>
/// <param name="Path">Relative to the bundle's root.</param>
internal sealed record BundleFile(string Path, SettingMap Map);

/// <summary>
/// A bundle's configuration as its files say it, read before the CLI sees any of it: <c>databricks.yml</c> and what it includes. What the reader cannot
/// understand, an anchor for one, is refused: what it hides could be a command.
/// </summary>
internal sealed record BundleSource(IReadOnlyList<BundleFile> Files)
{
    private const int MostFiles = 200;

    /// <summary>Where the CLI keeps what it remembers, values of variables among it.</summary>
    private const string CliFolder = ".databricks/";

    private static readonly YamlLimits Limits = new(1024 * 1024, 50_000);

    /// <summary>The first is what the documentation calls it.</summary>
    private static readonly string[] RootNames = ["databricks.yml", "databricks.yaml", "bundle.yml", "bundle.yaml"];

    /// <summary>Adds what is wrong to the findings; then what is read may be short.</summary>
    public static async Task<BundleSource> ReadAsync(
        IContentTree tree,
        BundleFindings findings,
        CancellationToken cancellationToken
    )
    {
        foreach (var entry in tree.Entries.Where(IsOfCli))
            findings.Add(entry.Path, "is the CLI's own folder, which may set variables unseen; remove it");
        if (FindRoot(tree, findings) is not { } root)
            return new BundleSource([]);
        if (await ReadFileAsync(root, tree, findings, cancellationToken) is not { } top)
            return new BundleSource([]);
        var files = new List<BundleFile> { top };
        foreach (var entry in Included(top, root, tree, findings))
            if (await ReadFileAsync(entry, tree, findings, cancellationToken) is { } file)
                files.Add(file);
        return new BundleSource(files);
    }

    private static bool IsOfCli(TreeEntry entry) =>
        $"{entry.Path}/".StartsWith(CliFolder, StringComparison.OrdinalIgnoreCase);

    private static TreeEntry? FindRoot(IContentTree tree, BundleFindings findings)
    {
        var roots = RootNames
            .Select(name => tree.Entries.FirstOrDefault(entry => entry.Path == name))
            .OfType<TreeEntry>()
            .ToList();
        if (roots.Count == 0)
            findings.Add("databricks.yml", "is not in the workflow's root; add it, or narrow root: to the bundle");
        foreach (var other in roots.Skip(1))
            findings.Add(other.Path, $"stands beside {roots[0].Path}; keep one of them");
        return roots.Count == 1 ? roots[0] : null;
    }

    private static List<TreeEntry> Included(BundleFile top, TreeEntry root, IContentTree tree, BundleFindings findings)
    {
        var problems = new List<SettingProblem>();
        var reader = new SettingReader(top.Map, "", problems);
        var included = new List<TreeEntry>();
        foreach (var pattern in reader.Texts("include"))
        {
            var plain = pattern.StartsWith("./", StringComparison.Ordinal) ? pattern[2..] : pattern;
            if (!Glob.TryParse(plain, out var glob, out var fault))
            {
                reader.Refuse(
                    "include",
                    $"holds '{pattern}', which {fault}",
                    "name files below the root, with * alone"
                );
                continue;
            }
            included.AddRange(tree.Entries.Where(entry => entry.Path != root.Path && glob.IsMatch(entry.Path)));
        }
        findings.Add(problems);
        var files = included.Distinct().ToList();
        if (files.Count > MostFiles)
            findings.Add(top.Path, $"includes more than {MostFiles} files; include fewer");
        return [.. files.Take(MostFiles)];
    }

    private static async Task<BundleFile?> ReadFileAsync(
        TreeEntry entry,
        IContentTree tree,
        BundleFindings findings,
        CancellationToken cancellationToken
    )
    {
        if (entry.Kind is TreeEntryKind.Symlink or TreeEntryKind.Submodule)
        {
            findings.Add(entry.Path, "is a link; replace it with the file it means");
            return null;
        }
        var problems = new List<SettingProblem>();
        var content = await tree.ReadAsync(entry, cancellationToken);
        var map = YamlReader.Read(content, entry.Path, Limits, problems);
        findings.Add(problems);
        return map is null ? null : new BundleFile(entry.Path, map);
    }
}
