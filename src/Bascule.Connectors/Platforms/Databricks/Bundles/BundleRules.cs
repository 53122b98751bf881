using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.Databricks.Bundles;

/// <summary>
/// What a bundle may say in its files, for one target. The CLI would run commands that stand in it, on Bascule's host with the run's token; it would log in at
/// whatever host it names, and upload whatever file a path leads to. Keys are therefore let through by name, and others refused (THREATS T63, T67, T131).
/// </summary>
/// <param name="workspace">The connection's address.</param>
internal sealed class BundleRules(string workspace, BundleTask task, BundleFindings findings)
{
    private const string Runs = "runs code on Bascule's host with the run's token";

    private static readonly HashSet<string> OfTarget =
    [
        "bundle",
        "cluster_id",
        "compute_id",
        "default",
        "git",
        "mode",
        "permissions",
        "presets",
        "resources",
        "run_as",
        "sync",
        "variables",
        "workspace",
    ];

    private static readonly HashSet<string> OfFile =
    [
        "bundle",
        "experimental",
        "include",
        "permissions",
        "presets",
        "resources",
        "run_as",
        "sync",
        "targets",
        "variables",
        "workspace",
    ];

    private static readonly HashSet<string> OfWorkspace =
    [
        "artifact_path",
        "file_path",
        "host",
        "resource_path",
        "root_path",
        "state_path",
    ];

    private static readonly HashSet<string> OfBundle =
    [
        "cluster_id",
        "compute_id",
        "databricks_cli_version",
        "engine",
        "git",
        "name",
        "uuid",
    ];

    private static readonly HashSet<string> OfExperimental = ["skip_name_prefix_for_schema", "use_legacy_run_as"];

    /// <summary>Why, where it is worth a word of its own.</summary>
    private static readonly Dictionary<string, string> Because = new()
    {
        ["artifacts"] =
            $"{Runs}, or uploads what was built elsewhere; build and publish packages in your pipeline, and name them by version or by their place in a volume",
        ["scripts"] = $"{Runs}; remove it, and do in a task of the job what it does",
        ["python"] = $"{Runs}; write the resources in YAML",
        ["pydabs"] = $"{Runs}; write the resources in YAML",
        ["immutable_folder"] = "puts files where no plan names them; remove it",
        ["environments"] = "is the former word; write targets",
        ["deployment"] = "may switch off the lock of deployments; remove it",
        ["git_source"] = "runs what a branch holds then, not the commit that was looked at; use files of the bundle",
        ["job_runs"] = "starts runs while it is deployed; name the job in the workflow with run:",
    };

    public void Check(BundleSource source)
    {
        foreach (var file in source.Files)
        {
            CheckKeys(file.Map, "", OfFile);
            CheckParts(file.Map, "");
            if (ChosenOf(file.Map) is { } target)
            {
                CheckKeys(target, $"targets.{task.Target}.", OfTarget);
                CheckParts(target, $"targets.{task.Target}.");
                CheckMode(target);
            }
        }
        foreach (var file in source.Files)
            new BundleTexts(task.Target, findings).Check(file);
    }

    /// <summary>The chosen target's map in this file; null where it has none.</summary>
    public SettingMap? ChosenOf(SettingMap file) => MapOf(MapOf(file, "targets"), task.Target);

    public static SettingNode? Find(SettingMap? map, string key) =>
        map?.Entries.FirstOrDefault(entry => entry.Key == key)?.Value;

    public static SettingMap? MapOf(SettingMap? map, string key) => Find(map, key) as SettingMap;

    public static string? TextOf(SettingMap? map, string key) => (Find(map, key) as SettingScalar)?.Text;

    private void CheckKeys(SettingMap? map, string path, HashSet<string> known)
    {
        foreach (var entry in map?.Entries.Where(entry => !known.Contains(entry.Key)) ?? [])
            findings.Add(
                entry.KeyLocation,
                $"{path}{entry.Key} {Because.GetValueOrDefault(entry.Key, "is a key that Bascule does not let through; remove it")}"
            );
    }

    private void CheckParts(SettingMap map, string path)
    {
        CheckKeys(MapOf(map, "bundle"), $"{path}bundle.", OfBundle);
        CheckKeys(MapOf(map, "experimental"), $"{path}experimental.", OfExperimental);
        CheckKeys(MapOf(map, "workspace"), $"{path}workspace.", OfWorkspace);
        CheckHost(MapOf(map, "workspace"), path);
        CheckEngine(MapOf(map, "bundle"), path);
        CheckResources(MapOf(map, "resources"), $"{path}resources.");
        if (Find(map, "sync") is { } sync)
            CheckSync(sync, path);
    }

    /// <summary>The token goes to the host that the bundle names, whatever the environment says.</summary>
    private void CheckHost(SettingMap? map, string path)
    {
        if (Find(map, "host") is not { } host)
            return;
        if (host is not SettingScalar { Text: var text } || text.TrimEnd('/') != workspace)
            findings.Add(
                host.Location,
                $"{path}workspace.host is not the address of the environment's platform; remove it, or write {workspace}"
            );
    }

    private void CheckEngine(SettingMap? map, string path)
    {
        if (Find(map, "engine") is { } engine && engine is not SettingScalar { Text: "direct" })
            findings.Add(
                engine.Location,
                $"{path}bundle.engine would download Terraform; remove it, or write direct (a deployment made by Terraform is moved with `databricks bundle deployment migrate`)"
            );
    }

    private void CheckResources(SettingMap? resources, string path)
    {
        foreach (var entry in resources?.Entries.Where(entry => entry.Key == "job_runs") ?? [])
            findings.Add(entry.KeyLocation, $"{path}job_runs {Because["job_runs"]}");
        foreach (var job in MapOf(resources, "jobs")?.Entries ?? [])
        foreach (var entry in (job.Value as SettingMap)?.Entries.Where(entry => entry.Key == "git_source") ?? [])
            findings.Add(entry.KeyLocation, $"{path}jobs.{job.Key}.git_source {Because["git_source"]}");
    }

    /// <summary>What is uploaded is decided before variables are put in: nobody could see where they lead.</summary>
    private void CheckSync(SettingNode sync, string path)
    {
        foreach (var text in BundleTexts.Below(sync).Where(text => BundleTexts.HasReference(text.Text)))
            findings.Add(text.Location, $"{path}sync has a reference to a variable; write the path itself");
    }

    private void CheckMode(SettingMap target)
    {
        if (TextOf(target, "mode") is "development")
            findings.Add(
                Find(target, "mode")!.Location,
                $"targets.{task.Target}.mode is development, whose names and paths are a person's own; deploy a target with mode: production"
            );
    }
}
