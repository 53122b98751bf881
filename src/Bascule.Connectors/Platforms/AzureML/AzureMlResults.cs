using Bascule.Connectors.Outbound;
using Bascule.Connectors.Platforms.AzureML.Service;
using Bascule.Connectors.Platforms.Mlflow;
using Bascule.Connectors.ResourceManager;
using Bascule.Core;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;

namespace Bascule.Connectors.Platforms.AzureML;

/// <summary>
/// Reads what a finished run logged and registered. The MLflow run of a job has the job's name as its id; the job is ours only with our mark (THREATS
/// T134).
/// </summary>
internal sealed class AzureMlResults(AzureMlJobs jobs, AzureMlClient client, AzureMlTracking tracking)
{
    private const string MarkTag = "bascule.run";
    private const int Most = 50;

    public async Task<Result<RunResults>> ReadAsync(
        ArmSession session,
        StartedRun run,
        string? model,
        CancellationToken cancellationToken
    )
    {
        var name = run.PlatformRunId;
        var job = await jobs.FindAsync(session, name, run.Mark, cancellationToken);
        if (job.Failed(out var problem))
            return problem.Code == ProblemCode.Denied ? new RunResults([], [], [problem.Message]) : problem;
        if (job.Value is null)
            return new RunResults([], [], [$"job {name} is not there any more, so there are no metrics"]);
        var place = await client.TrackingPlaceAsync(session, cancellationToken);
        if (place.Failed(out problem))
            return problem;
        var found = await tracking.FindRunAsync(session, place.Value, name, cancellationToken);
        if (found.Failed(out problem))
            return problem;
        if (Fault(found.Value, run) is { } fault)
            return new RunResults([], [], [fault]);
        var steps = await StepsAsync(session, place.Value, found.Value!, run, cancellationToken);
        if (steps.Failed(out problem))
            return problem;
        var metrics = MetricReading.Of([.. found.Value!.Data?.Metrics ?? [], .. steps.Value.Metrics()]);
        string[] ids = [name, .. steps.Value.ByStep.Values.Select(step => step.Info?.RunId).OfType<string>()];
        var versions = await VersionsAsync(session, place.Value, ids, model, cancellationToken);
        return versions.Failed(out problem)
            ? problem
            : new RunResults(
                metrics.Metrics,
                versions.Value.Versions,
                [.. steps.Value.Warnings, .. metrics.Warnings, .. versions.Value.Warnings]
            );
    }

    private async Task<Result<PipelineRuns>> StepsAsync(
        ArmSession session,
        Uri place,
        MlflowRun root,
        StartedRun run,
        CancellationToken cancellationToken
    )
    {
        var steps = PipelineRuns.StepsOf(run.Run);
        if (steps.Count == 0)
            return new PipelineRuns(new Dictionary<string, MlflowRun>(), []);
        var found = await tracking.FindChildrenAsync(session, place, root.Info!, cancellationToken);
        return found.Failed(out var problem) ? problem : PipelineRuns.Of(found.Value, steps, run.Mark);
    }

    private static string? Fault(MlflowRun? found, StartedRun run)
    {
        if (found is null)
            return $"there is no MLflow run {run.PlatformRunId}, so there are no metrics";
        if (found.Info?.RunId != run.PlatformRunId)
            return $"MLflow run {StatusProblem.Clean(found.Info?.RunId ?? "")} was answered for {run.PlatformRunId}, and is left out";
        if (found.Info.LifecycleStage is "deleted")
            return $"MLflow run {run.PlatformRunId} is deleted";
        return found.Data?.Tags?.FirstOrDefault(tag => tag.Key == MarkTag)?.Value is { } mark && mark != run.Mark
            ? $"MLflow run {run.PlatformRunId} is left out: its {MarkTag} is another one's"
            : null;
    }

    /// <summary>What the runs registered through MLflow, and what was registered from their jobs' outputs under the workflow's name.</summary>
    /// <param name="ids">Of MLflow runs, which are the names of their jobs.</param>
    private async Task<Result<VersionReading>> VersionsAsync(
        ArmSession session,
        Uri place,
        IReadOnlyList<string> ids,
        string? model,
        CancellationToken cancellationToken
    )
    {
        var read = new VersionReading([], []);
        foreach (var id in ids.Where(id => !id.Contains('\'', StringComparison.Ordinal)))
        {
            var rows = await tracking.VersionsAsync(session, place, id, cancellationToken);
            if (rows.Failed(out var unread))
                return unread;
            var more = VersionReading.Of(rows.Value, id, model, isCatalog: false);
            read = new VersionReading([.. read.Versions, .. more.Versions], [.. read.Warnings, .. more.Warnings]);
        }
        if (model is null)
            return read;
        var listed = await client.ListAsync(session, $"models/{model}/versions", cancellationToken);
        if (listed.Failed(out var problem))
            return problem.Code == ProblemCode.NotFound ? read : problem;
        var registered = listed
            .Value.Where(version => ids.Contains(JsonText.Of(version.Properties["jobName"])))
            .Select(version => new ModelVersion(model, version.Name, null))
            .Take(Most);
        return read with { Versions = [.. read.Versions.Union(registered)] };
    }
}
