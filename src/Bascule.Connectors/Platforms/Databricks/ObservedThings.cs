using System.Globalization;
using Bascule.Connectors.Platforms.Mlflow;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>Where an environment looks for runs that Bascule did not start.</summary>
/// <param name="Models">As workflows name theirs; the environment brings the catalog.</param>
/// <param name="Experiments">Absolute workspace paths.</param>
/// <param name="Jobs">Exact names, or ids in digits.</param>
internal sealed record ObservedThings(
    IReadOnlyList<string> Models,
    IReadOnlyList<string> Experiments,
    IReadOnlyList<string> Jobs
)
{
    public static readonly ObservedThings None = new([], [], []);

    public bool IsEmpty => Models.Count + Experiments.Count + Jobs.Count == 0;

    /// <summary>The id that is written in place of a name; null for a name.</summary>
    public static long? JobId(string job) =>
        long.TryParse(job, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0 ? id : null;

    public static ObservedThings Read(SettingReader environment)
    {
        if (environment.Map("observe") is not { } settings)
            return None;
        var models = ObservedNames.Read(
            settings,
            "models",
            ModelName.Fault,
            "write models: [schema.model]; the environment brings the catalog"
        );
        var experiments = ObservedNames.Read(
            settings,
            "experiments",
            path => WorkspacePath.IsAbsolute(path) ? null : "names something that is not an absolute workspace path",
            "write experiments: [/Shared/churn]"
        );
        var jobs = ObservedNames.Read(
            settings,
            "jobs",
            ObservedNames.PlainFault,
            "write the job's name as Databricks shows it, or its id: jobs: [churn-nightly, 123456789]"
        );
        if (jobs.Distinct().Count() != jobs.Count)
            settings.Refuse("jobs", "names a job twice", "write each once");
        var observed = new ObservedThings(models, experiments, jobs);
        ObservedNames.End(settings, observed.IsEmpty, "models, experiments or jobs");
        return observed;
    }
}
