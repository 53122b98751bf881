using Bascule.Connectors.Platforms.AzureML.Jobs;
using Bascule.Connectors.Platforms.Mlflow;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.AzureML.Observing;

/// <summary>Where an environment looks for runs that Bascule did not start.</summary>
/// <param name="Models">Of the workspace's registry.</param>
/// <param name="Experiments">As the studio shows them.</param>
internal sealed record ObservedThings(IReadOnlyList<string> Models, IReadOnlyList<string> Experiments)
{
    public static readonly ObservedThings None = new([], []);

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
            ObservedNames.PlainFault,
            "write experiments: [churn], as the studio shows it"
        );
        var observed = new ObservedThings(models, experiments);
        ObservedNames.End(settings, observed.IsEmpty, "models or experiments");
        return observed;
    }
}
