using Bascule.Connectors.Outbound;
using Bascule.Core.Runs;

namespace Bascule.Connectors.Platforms.Mlflow;

/// <summary>The model versions that one MLflow run registered.</summary>
internal sealed record VersionReading(IReadOnlyList<ModelVersion> Versions, IReadOnlyList<string> Warnings)
{
    private const string Ready = "READY";
    private const int Most = 50;

    /// <param name="model">The workflow's model by its full name; null takes whatever the run registered.</param>
    public static VersionReading Of(
        IReadOnlyList<ModelVersionRow> rows,
        string mlflowRun,
        string? model,
        bool isCatalog
    )
    {
        var versions = new List<ModelVersion>();
        var warnings = new List<string>();
        foreach (var row in rows.Where(row => row.RunId == mlflowRun).Take(Most))
        {
            var name = isCatalog ? model : row.Name;
            var version = row.Version.ToString();
            if (name is not { Length: > 0 and <= 1000 } || version.Length is 0 or > 20)
                continue;
            if (model is not null && name != model)
                warnings.Add($"model '{StatusProblem.Clean(name)}' is left out: the workflow names {model}");
            else if (row.Status != Ready)
                warnings.Add(
                    $"version {version} of {name} is left out: it is {StatusProblem.Clean(row.Status ?? "in no state")}"
                );
            else
                versions.Add(new ModelVersion(name, version, null));
        }
        return new VersionReading(versions, warnings);
    }
}
