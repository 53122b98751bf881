using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.Databricks.Bundles;

/// <summary>What is known of a bundle without asking anybody: it may be deployed, and the job is there.</summary>
/// <param name="Name">As its files say it.</param>
/// <param name="RootPath">The folder in the workspace that is its identity; references stay in it.</param>
/// <param name="Files">How many files its configuration has.</param>
internal sealed record BundleReading(string Name, string RootPath, int Files)
{
    /// <summary>Denied with every fault and its place.</summary>
    public static async Task<Result<BundleReading>> ReadAsync(
        IContentTree tree,
        BundleTask task,
        string workspace,
        CancellationToken cancellationToken
    )
    {
        var findings = new BundleFindings();
        var source = await BundleSource.ReadAsync(tree, findings, cancellationToken);
        if (source.Files.Count == 0)
            return findings.AsProblem;
        var rules = new BundleRules(workspace, task, findings);
        rules.Check(source);
        var chosen = source.Files.Select(file => rules.ChosenOf(file.Map)).OfType<SettingMap>().ToList();
        var root = FindRoot(source, chosen, task, findings);
        if (!HasTarget(source, task))
            findings.Add(source.Files[0].Path, $"has no target '{task.Target}', which the workflow deploys");
        FindJob(source, chosen, task, findings);
        var name = BundleRules.TextOf(BundleRules.MapOf(source.Files[0].Map, "bundle"), "name") ?? "";
        return findings.IsEmpty ? new BundleReading(name, root!, source.Files.Count) : findings.AsProblem;
    }

    private static bool HasTarget(BundleSource source, BundleTask task) =>
        source.Files.Any(file =>
            BundleRules.MapOf(file.Map, "targets")?.Entries.Any(entry => entry.Key == task.Target) == true
        );

    /// <summary>Without one, the folder would be below the home of whoever asks, and each principal would have a deployment of its own.</summary>
    private static string? FindRoot(
        BundleSource source,
        List<SettingMap> chosen,
        BundleTask task,
        BundleFindings findings
    )
    {
        var root = chosen
            .Concat(source.Files.Select(file => file.Map))
            .Select(map => BundleRules.TextOf(BundleRules.MapOf(map, "workspace"), "root_path"))
            .FirstOrDefault(text => text is not null);
        if (root is null || !root.StartsWith('/'))
            findings.Add(
                source.Files[0].Path,
                $"targets.{task.Target}.workspace.root_path is no absolute path; write one like /Workspace/Shared/.bundle/${{bundle.name}}/${{bundle.target}}"
            );
        return root;
    }

    private static void FindJob(BundleSource source, List<SettingMap> chosen, BundleTask task, BundleFindings findings)
    {
        var resources = source
            .Files.Select(file => file.Map)
            .Concat(chosen)
            .Select(map => BundleRules.MapOf(map, "resources"))
            .ToList();
        var jobs = Keys(resources, "jobs");
        if (jobs.Contains(task.Run))
            return;
        var because = Keys(resources, "pipelines").Contains(task.Run)
            ? $"'{task.Run}' is a pipeline, and Bascule starts jobs: add a job with a pipeline_task, and name that"
            : $"there is no job '{task.Run}' below resources.jobs; it has: {(jobs.Count == 0 ? "none" : string.Join(", ", jobs))}";
        findings.Add(source.Files[0].Path, because);
    }

    private static List<string> Keys(List<SettingMap?> resources, string kind) =>
        [
            .. resources
                .SelectMany(map => BundleRules.MapOf(map, kind)?.Entries ?? [])
                .Select(entry => entry.Key)
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
}
