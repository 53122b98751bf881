using System.Globalization;
using System.Text.RegularExpressions;
using Bascule.Connectors.Platforms.Databricks.Bundles;
using Bascule.Connectors.Platforms.Sending;
using Bascule.Core.Notebooks;
using Bascule.Core.Platforms;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>What an environment brings to a run on Databricks.</summary>
internal sealed partial record DatabricksEnvironment : PlatformEnvironment
{
    /// <summary>Keys that describe a job cluster where its policy leaves them open.</summary>
    private static readonly string[] OfPolicy = ["node_type", "spark_version", "workers"];

    /// <summary>The Unity Catalog catalog that models are written to; null for the workspace's own registry.</summary>
    public string? Catalog { get; init; }

    /// <summary>The schema of models that name none.</summary>
    public string? Schema { get; init; }

    /// <summary>The id of an existing cluster; null for serverless or a policy.</summary>
    public string? Cluster { get; init; }

    /// <summary>The id of a cluster policy that describes a job cluster; what it leaves open is said here.</summary>
    public string? Policy { get; init; }

    public string? NodeType { get; init; }
    public string? SparkVersion { get; init; }
    public int? Workers { get; init; }

    /// <summary>The version of the serverless environment.</summary>
    public string EnvironmentVersion { get; init; } = DatabricksDefaults.EnvironmentVersion;

    /// <summary>The folder of the experiments of workflows that name none.</summary>
    public string? Experiments { get; init; }

    /// <summary>The existing jobs that workflows may start here.</summary>
    public IReadOnlyList<long> Jobs { get; init; } = [];

    /// <summary>The targets of bundles that workflows may deploy here.</summary>
    public IReadOnlyList<string> Bundles { get; init; } = [];

    /// <summary>Where to look for runs that Bascule did not start.</summary>
    public ObservedThings Observe { get; init; } = ObservedThings.None;

    /// <summary>What becomes of the outputs of notebooks.</summary>
    public NotebookOutputs NotebookOutputs { get; init; }

    public bool IsServerless => Cluster is null && Policy is null;

    public static DatabricksEnvironment? Read(SettingReader settings)
    {
        var environment = new DatabricksEnvironment
        {
            Catalog = Name(settings, "catalog"),
            Schema = Name(settings, "schema"),
            Cluster = Id(settings, "cluster"),
            Policy = Id(settings, "policy"),
            NodeType = Id(settings, "node_type"),
            SparkVersion = Id(settings, "spark_version"),
            Workers = (int?)settings.Number("workers", 0, 1000),
            EnvironmentVersion =
                settings.Number("environment_version", 1, 1000)?.ToString(CultureInfo.InvariantCulture)
                ?? DatabricksDefaults.EnvironmentVersion,
            Experiments = Folder(settings, "experiments"),
            Jobs = ReadJobs(settings),
            Bundles = ReadBundles(settings),
            Observe = ObservedThings.Read(settings),
            NotebookOutputs = NotebookSetting.Read(settings),
        };
        Check(environment, settings);
        return settings.HasProblems ? null : environment;
    }

    private static void Check(DatabricksEnvironment environment, SettingReader settings)
    {
        if (environment is { Cluster: not null, Policy: not null })
            settings.Refuse(
                "policy",
                "stands beside cluster",
                "write exactly one of cluster and policy, or neither for serverless"
            );
        if (environment.Policy is null)
            foreach (var key in OfPolicy.Where(settings.Keys.Contains))
                settings.Refuse(key, "describes a job cluster, and there is no policy", "add policy, or remove it");
        if (environment is { Schema: not null, Catalog: null })
            settings.Refuse("schema", "stands without catalog", "add catalog, or remove it");
    }

    private static string? Name(SettingReader settings, string key) =>
        Matching(settings, key, ModelName.Part(), "write letters, digits, '_' and '-'");

    private static string? Id(SettingReader settings, string key) =>
        Matching(settings, key, PlainId(), "copy it as Databricks shows it");

    private static string? Folder(SettingReader settings, string key)
    {
        if (settings.Text(key) is not { } text || WorkspacePath.IsAbsolute(text))
            return settings.Text(key);
        settings.Refuse(key, "is not an absolute workspace folder", "write one like /Shared/experiments");
        return null;
    }

    private static string? Matching(SettingReader settings, string key, Regex pattern, string remedy)
    {
        if (settings.Text(key) is not { } text || pattern.IsMatch(text))
            return settings.Text(key);
        settings.Refuse(key, "has characters that it cannot have", remedy);
        return null;
    }

    private static List<long> ReadJobs(SettingReader settings)
    {
        var ids = new List<long>();
        foreach (var text in settings.Texts("jobs"))
            if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                ids.Add(id);
            else
                settings.Refuse("jobs", "names something that is not a job's id", "write jobs: [123456789]");
        return ids;
    }

    private static List<string> ReadBundles(SettingReader settings)
    {
        var targets = settings.Texts("bundles").ToList();
        if (targets.Any(target => !BundleTask.IsKey(target)))
            settings.Refuse("bundles", "names something that is no target", "write bundles: [prod]");
        return targets;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,128}\z", RegexOptions.NonBacktracking)]
    private static partial Regex PlainId();
}
