using Bascule.Core;

namespace Bascule.Connectors.Platforms.Mlflow;

/// <summary>What a look for foreign runs asks of a tracking service and its registry. Reads only; a page or two a call.</summary>
internal interface ITrackedRuns
{
    /// <summary>All versions of a model, by the name that the settings lead to.</summary>
    Task<Result<IReadOnlyList<TrackedVersion>>> VersionsAsync(string model, CancellationToken cancellationToken);

    /// <param name="id">Checked by <see cref="ForeignReading.IsId"/>.</param>
    Task<Result<MlflowRun>> GetRunAsync(string id, CancellationToken cancellationToken);

    /// <summary>The id of an experiment; null when there is none of that name.</summary>
    Task<Result<string?>> FindExperimentAsync(string name, CancellationToken cancellationToken);

    /// <param name="experiment">Its id.</param>
    Task<Result<IReadOnlyList<MlflowRun>>> NewestRunsAsync(string experiment, CancellationToken cancellationToken);

    /// <summary>Where people look at a run; null where no page is known.</summary>
    Uri? PageOf(MlflowRunInfo run);
}

/// <param name="RunId">Of the MLflow run that it came from; null when nobody says.</param>
internal sealed record TrackedVersion(string Version, string? RunId);
