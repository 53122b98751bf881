using Bascule.Connectors.Platforms.Mlflow;
using Bascule.Core;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>Looks through experiments, models and jobs for runs that name a commit.</summary>
internal sealed class DatabricksForeignRuns(
    DatabricksOptions options,
    DatabricksTracking tracking,
    DatabricksForeignJobs jobs
)
{
    public async Task<Result<ForeignRuns>> ReadAsync(
        ForeignLook look,
        ObservedThings observed,
        IReadOnlyList<string> models,
        CancellationToken cancellationToken
    )
    {
        // Jobs come last and must not go without: their first pages are kept for them.
        var kept = Math.Min(observed.Jobs.Count * DatabricksForeignJobs.CallsOfAJob, look.Budget);
        var tracked = new Tracked(options, tracking, new DatabricksSession(look.Identity, null));
        var tracks = new TrackedLook(tracked, look, look.Budget - kept);
        if (await tracks.ReadAsync(models, observed.Experiments, cancellationToken) is { } failed)
            return failed;
        var calls = new LookCalls(kept + tracks.Left, tracks.Warnings);
        await jobs.ReadAsync(look, observed.Jobs, calls, tracks.Found, cancellationToken);
        return tracks.End(calls.WasShort);
    }

    private sealed class Tracked(DatabricksOptions options, DatabricksTracking tracking, DatabricksSession session)
        : ITrackedRuns
    {
        public async Task<Result<IReadOnlyList<TrackedVersion>>> VersionsAsync(
            string model,
            CancellationToken cancellationToken
        )
        {
            var isCatalog = model.Contains('.', StringComparison.Ordinal);
            var listed = isCatalog
                ? await tracking.ListCatalogVersionsAsync(session, model, cancellationToken)
                : await tracking.ListNamedVersionsAsync(session, model, cancellationToken);
            return listed.Failed(out var problem)
                ? problem
                : listed.Value.Select(row => new TrackedVersion(row.Version.ToString(), row.RunId)).ToList();
        }

        public Task<Result<MlflowRun>> GetRunAsync(string id, CancellationToken cancellationToken) =>
            tracking.GetRunAsync(session, id, cancellationToken);

        public Task<Result<string?>> FindExperimentAsync(string name, CancellationToken cancellationToken) =>
            tracking.FindExperimentAsync(session, name, cancellationToken);

        public Task<Result<IReadOnlyList<MlflowRun>>> NewestRunsAsync(
            string experiment,
            CancellationToken cancellationToken
        ) => tracking.NewestRunsAsync(session, experiment, cancellationToken);

        public Uri? PageOf(MlflowRunInfo run) =>
            ForeignReading.IsId(run.ExperimentId)
                ? new Uri(options.Url, $"/ml/experiments/{run.ExperimentId}/runs/{run.RunId}")
                : null;
    }
}
