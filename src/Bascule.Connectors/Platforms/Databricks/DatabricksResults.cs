using System.Text.RegularExpressions;
using Bascule.Connectors.Platforms.Mlflow;
using Bascule.Core;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>
/// Reads what a finished run logged and registered. Anybody with access to the workspace can write tags, so each candidate must prove that it is
/// this run's (THREATS T134).
/// </summary>
internal sealed partial class DatabricksResults(DatabricksJobs jobs, DatabricksTracking tracking)
{
    private const string MarkTag = "bascule.run";
    private const string JobRunTag = "mlflow.databricks.jobRunID";

    public async Task<Result<RunResults>> ReadAsync(
        DatabricksSession session,
        StartedRun run,
        string? model,
        string? experiment,
        CancellationToken cancellationToken
    )
    {
        if (!PlainText().IsMatch(run.Mark))
            return Problem.Internal("the run's mark has characters that no search can carry");
        var job = await jobs.GetAsync(session, run.PlatformRunId, cancellationToken);
        if (job.Failed(out var problem))
            return problem;
        var found = await FindAsync(session, run, job.Value, experiment, cancellationToken);
        if (found.Failed(out problem))
            return problem;
        var choice = RunChoice.Of(found.Value, run, job.Value);
        if (choice.Run is not { } mine)
            return new RunResults([], [], choice.Warnings);
        var metrics = MetricReading.Of(mine.Data?.Metrics ?? []);
        var versions = await VersionsAsync(session, mine.Info!.RunId!, model, cancellationToken);
        return versions.Failed(out problem)
            ? problem
            : new RunResults(
                metrics.Metrics,
                versions.Value.Versions,
                [.. choice.Warnings, .. metrics.Warnings, .. versions.Value.Warnings]
            );
    }

    private async Task<Result<List<MlflowRun>>> FindAsync(
        DatabricksSession session,
        StartedRun run,
        JobRun job,
        string? experiment,
        CancellationToken cancellationToken
    )
    {
        var experiments = await ExperimentsAsync(session, experiment, cancellationToken);
        if (experiments.Failed(out var problem))
            return problem;
        var found = new Dictionary<string, MlflowRun>();
        if (experiments.Value.Count == 0)
            return new List<MlflowRun>();
        foreach (var (tag, value) in Searches(run, job))
        {
            var runs = await tracking.FindRunsAsync(session, experiments.Value, tag, value, cancellationToken);
            if (runs.Failed(out problem))
                return problem;
            foreach (var candidate in runs.Value.Where(candidate => IsId(candidate.Info?.RunId)))
                found[candidate.Info!.RunId!] = candidate;
        }
        return found.Values.ToList();
    }

    private async Task<Result<IReadOnlyList<string>>> ExperimentsAsync(
        DatabricksSession session,
        string? experiment,
        CancellationToken cancellationToken
    )
    {
        if (experiment is null)
            return await tracking.LatestExperimentsAsync(session, cancellationToken);
        var named = await tracking.FindExperimentAsync(session, experiment, cancellationToken);
        return named.Failed(out var problem) ? Result.Failure<IReadOnlyList<string>>(problem)
            : named.Value is { } id ? Result.Of<IReadOnlyList<string>>([id])
            : Result.Of<IReadOnlyList<string>>([]);
    }

    private static IEnumerable<(string Tag, string Value)> Searches(StartedRun run, JobRun job) =>
        [(MarkTag, run.Mark), .. RunChoice.JobRunIds(run, job).Select(id => (JobRunTag, id))];

    private async Task<Result<VersionReading>> VersionsAsync(
        DatabricksSession session,
        string mlflowRun,
        string? model,
        CancellationToken cancellationToken
    )
    {
        var isCatalog = model?.Count(character => character == '.') == 2;
        var listed = isCatalog
            ? await tracking.ListCatalogVersionsAsync(session, model!, cancellationToken)
            : await tracking.ListWorkspaceVersionsAsync(session, mlflowRun, cancellationToken);
        return listed.Failed(out var problem) ? problem : VersionReading.Of(listed.Value, mlflowRun, model, isCatalog);
    }

    private static bool IsId(string? text) => text is not null && PlainText().IsMatch(text);

    /// <summary>No quote, no backslash: fit for a search filter.</summary>
    [GeneratedRegex(@"\A[A-Za-z0-9._:~+/=-]{1,256}\z", RegexOptions.NonBacktracking)]
    private static partial Regex PlainText();
}
