using Bascule.Connectors.Platforms.AzureML.Service;
using Bascule.Connectors.Platforms.Mlflow;
using Bascule.Connectors.ResourceManager;
using Bascule.Core;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.AzureML.Observing;

/// <summary>
/// Looks through experiments and models of the workspace for runs that name a commit. The MLflow run of a job has the job's name as its id, so a run is known
/// as Bascule's own by Bascule's records; the step of a pipeline has an id that nobody wrote down, and names the pipeline's.
/// </summary>
internal sealed class AzureMlForeignRuns(AzureMlJobs jobs, AzureMlClient client, AzureMlTracking tracking)
{
    /// <summary>The workspace is read for where its runs are.</summary>
    private const int CallsBefore = 1;

    public async Task<Result<ForeignRuns>> ReadAsync(
        ForeignLook look,
        ObservedThings observed,
        CancellationToken cancellationToken
    )
    {
        var session = new ArmSession(look.Identity, Audit: null);
        var place = await client.TrackingPlaceAsync(session, cancellationToken);
        if (place.Failed(out var problem))
            return problem;
        var tracked = new Tracked(jobs, client, tracking, session, place.Value);
        var tracks = new TrackedLook(tracked, look, look.Budget - CallsBefore);
        if (await tracks.ReadAsync(observed.Models, observed.Experiments, cancellationToken) is { } failed)
            return failed;
        var found = tracks.End(wasShort: false);
        return found with
        {
            Runs = [.. found.Runs.Select(run => run.Parent is null ? run with { PlatformRun = run.Id } : run)],
        };
    }

    private sealed class Tracked(
        AzureMlJobs jobs,
        AzureMlClient client,
        AzureMlTracking tracking,
        ArmSession session,
        Uri place
    ) : ITrackedRuns
    {
        /// <summary>From the workspace's own list: which job a version came from is in its description (<c>mfe.json</c>, ModelVersion), and not in MLflow's.</summary>
        public async Task<Result<IReadOnlyList<TrackedVersion>>> VersionsAsync(
            string model,
            CancellationToken cancellationToken
        )
        {
            var listed = await client.ListAsync(session, $"models/{model}/versions", cancellationToken);
            return listed.Failed(out var problem)
                ? problem
                : listed
                    .Value.Select(version => new TrackedVersion(
                        version.Name,
                        JsonText.Of(version.Properties["jobName"])
                    ))
                    .ToList();
        }

        public async Task<Result<MlflowRun>> GetRunAsync(string id, CancellationToken cancellationToken)
        {
            var found = await tracking.FindRunAsync(session, place, id, cancellationToken);
            return found.Failed(out var problem) ? problem : found.Value ?? new MlflowRun(null, null);
        }

        public Task<Result<string?>> FindExperimentAsync(string name, CancellationToken cancellationToken) =>
            tracking.FindExperimentAsync(session, place, name, cancellationToken);

        public Task<Result<IReadOnlyList<MlflowRun>>> NewestRunsAsync(
            string experiment,
            CancellationToken cancellationToken
        ) => tracking.NewestRunsAsync(session, place, experiment, cancellationToken);

        public Uri? PageOf(MlflowRunInfo run) => jobs.PageOf(run.RunId!);
    }
}
