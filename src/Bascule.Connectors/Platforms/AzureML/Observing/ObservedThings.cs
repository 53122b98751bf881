using Bascule.Connectors.Platforms.AzureML.Jobs;
using Bascule.Connectors.Platforms.Mlflow;
using Bascule.Core.Settings;
using Bascule.Core.Text;

namespace Bascule.Connectors.Platforms.AzureML.Observing;

/// <summary>Where an environment looks for runs that Bascule did not start.</summary>
/// <param name="Models">Of the workspace's registry.</param>
/// <param name="Experiments">As the studio shows them.</param>
internal sealed record ObservedThings(IReadOnlyList<string> Models, IReadOnlyList<string> Experiments)
{
    public static readonly ObservedThings None = new([], []);
    private const int LongestName = 200;

    public bool IsEmpty => Models.Count + Experiments.Count == 0;

    public static ObservedThings Read(SettingReader environment)
    {
        if (environment.Map("observe") is not { } settings)
            return None;
        var models = ObservedNames.Read(
            settings,
            "models",
            name => AssetName.IsName(name) ? null : "names something that is no name of a model",
            "write models: [churn], as the studio shows it"
        );
        var experiments = ObservedNames.Read(
            settings,
            "experiments",
            ExperimentFault,
            "write experiments: [churn], as the studio shows it"
        );
        var observed = new ObservedThings(models, experiments);
        if (observed.IsEmpty && !settings.HasProblems)
            settings.Refuse("models", "is missing", "name models or experiments, or remove observe");
        settings.RefuseOthers();
        return observed;
    }

    private static string? ExperimentFault(string name) =>
        name.Length is 0 or > LongestName || PlainText.Line(name, LongestName) != name
            ? $"names something that is not 1 to {LongestName} plain characters on one line"
            : null;
}
