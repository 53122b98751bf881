using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>Where an environment looks for runs that Bascule did not start.</summary>
/// <param name="Models">As workflows name theirs; the environment brings the catalog.</param>
/// <param name="Experiments">Absolute workspace paths.</param>
internal sealed record ObservedThings(IReadOnlyList<string> Models, IReadOnlyList<string> Experiments)
{
    public static readonly ObservedThings None = new([], []);
    private const int Most = 20;

    public bool IsEmpty => Models.Count + Experiments.Count == 0;

    public static ObservedThings Read(SettingReader environment)
    {
        if (environment.Map("observe") is not { } settings)
            return None;
        var (models, experiments) = (settings.Texts("models"), settings.Texts("experiments"));
        foreach (var model in models)
            if (ModelName.Fault(model) is { } fault)
                settings.Refuse("models", fault, "write models: [schema.model]; the environment brings the catalog");
        if (experiments.Any(path => !WorkspacePath.IsAbsolute(path)))
            settings.Refuse(
                "experiments",
                "names something that is not an absolute workspace path",
                "write experiments: [/Shared/churn]"
            );
        if (models.Count > Most || experiments.Count > Most)
            settings.Refuse(
                models.Count > Most ? "models" : "experiments",
                $"names more than {Most}",
                "each costs calls at every look; list those that matter"
            );
        if (models.Count + experiments.Count == 0 && !settings.HasProblems)
            settings.Refuse("models", "is missing", "name models or experiments, or remove observe");
        settings.RefuseOthers();
        return new ObservedThings(models, experiments);
    }
}
