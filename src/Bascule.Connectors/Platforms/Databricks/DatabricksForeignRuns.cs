using System.Globalization;
using Bascule.Connectors.Outbound;
using Bascule.Connectors.Platforms.Mlflow;
using Bascule.Core;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>
/// Looks through experiments, models and jobs for runs that name a commit. Each look is bounded: the newest hundred runs of an experiment or job, the newest
/// hundred versions of a model whose origin is unknown, and a budget of calls for all of it together.
/// </summary>
internal sealed class DatabricksForeignRuns(
    DatabricksOptions options,
    DatabricksTracking tracking,
    DatabricksForeignJobs jobs
)
{
    private const int MostVersions = 100;

    /// <summary>A listing of versions may take pages; most take one.</summary>
    private const int CallsOfAListing = 2;

    public async Task<Result<ForeignRuns>> ReadAsync(
        ForeignLook look,
        ObservedThings observed,
        IReadOnlyList<string> models,
        CancellationToken cancellationToken
    )
    {
        var session = new DatabricksSession(look.Identity, null);
        var (found, warnings) = (new Dictionary<string, ForeignRun>(), new List<string>());
        // Jobs come last and must not go without: their first pages are kept for them.
        var kept = Math.Min(observed.Jobs.Count * DatabricksForeignJobs.CallsOfAJob, look.Budget);
        var budget = look.Budget - kept;
        foreach (var model in models)
        {
            if ((budget -= CallsOfAListing) < 0)
                break;
            var versions = await VersionsAsync(session, look, model, cancellationToken);
            if (Note(versions.Problem, warnings) is { } failed)
                return failed;
            foreach (var row in versions.Problem is null ? versions.Value : [])
            {
                if (found.TryGetValue(row.RunId!, out var met))
                {
                    found[met.Id] = met with { Models = [.. met.Models, Version(model, row)] };
                    continue;
                }
                if (--budget < 0)
                    break;
                var run = await tracking.GetRunAsync(session, row.RunId!, cancellationToken);
                if (Note(run.Problem, warnings) is { } unread)
                    return unread;
                if (run.Problem is null && ForeignReading.Of(run.Value, options.Url) is { } read)
                    found[read.Id] = read with { Models = [Version(model, row)] };
            }
        }
        foreach (var experiment in observed.Experiments)
        {
            if ((budget -= CallsOfAListing) < 0)
                break;
            var runs = await RunsAsync(session, experiment, warnings, cancellationToken);
            if (Note(runs.Problem, warnings) is { } failed)
                return failed;
            foreach (var run in runs.Problem is null ? runs.Value : [])
                if (ForeignReading.Of(run, options.Url) is { } read)
                    found.TryAdd(read.Id, read);
        }
        var calls = new LookCalls(kept + Math.Max(0, budget), warnings);
        await jobs.ReadAsync(look, observed.Jobs, calls, found, cancellationToken);
        if (budget < 0 || calls.WasShort)
            warnings.Add($"a look makes at most {look.Budget} calls; the rest has to wait for the next one");
        return new ForeignRuns([.. found.Values.Where(run => run.Commits.Count + run.JobCommits.Count > 0)], warnings);
    }

    /// <summary>What may pass ends the look; what will not, such as a model that is not there, is told and passed over.</summary>
    private static Problem? Note(Problem? problem, List<string> warnings)
    {
        if (problem is null || problem.IsTransient)
            return problem;
        warnings.Add(problem.Message);
        return null;
    }

    private async Task<Result<List<ModelVersionRow>>> VersionsAsync(
        DatabricksSession session,
        ForeignLook look,
        string model,
        CancellationToken cancellationToken
    )
    {
        var isCatalog = model.Contains('.', StringComparison.Ordinal);
        var listed = isCatalog
            ? await tracking.ListCatalogVersionsAsync(session, model, cancellationToken)
            : await tracking.ListNamedVersionsAsync(session, model, cancellationToken);
        if (listed.Failed(out var problem))
            return problem;
        var known = await look.KnownVersionsAsync(model, cancellationToken);
        return listed
            .Value.Where(row => ForeignReading.IsId(row.RunId) && ForeignReading.IsVersion(row.Version.ToString()))
            .Where(row => !known.Contains(row.Version.ToString()))
            .OrderByDescending(row => Number(row))
            .Take(MostVersions)
            .ToList();
    }

    private async Task<Result<IReadOnlyList<MlflowRun>>> RunsAsync(
        DatabricksSession session,
        string experiment,
        List<string> warnings,
        CancellationToken cancellationToken
    )
    {
        var found = await tracking.FindExperimentAsync(session, experiment, cancellationToken);
        if (found.Failed(out var problem))
            return problem;
        if (found.Value is { } id)
            return await tracking.NewestRunsAsync(session, id, cancellationToken);
        warnings.Add($"there is no experiment '{StatusProblem.Clean(experiment)}'");
        return Result.Of<IReadOnlyList<MlflowRun>>([]);
    }

    private static long Number(ModelVersionRow row) =>
        long.TryParse(row.Version.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;

    private static ModelVersion Version(string model, ModelVersionRow row) => new(model, row.Version.ToString(), null);
}
