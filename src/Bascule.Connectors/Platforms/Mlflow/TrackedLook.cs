using System.Globalization;
using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;

namespace Bascule.Connectors.Platforms.Mlflow;

/// <summary>
/// One look through models and experiments for runs that name a commit. It is bounded: the newest hundred versions of a model whose origin is unknown, the newest
/// hundred runs of an experiment, and a budget of calls for all of it together.
/// </summary>
internal sealed class TrackedLook(ITrackedRuns tracked, ForeignLook look, int budget)
{
    private const int MostVersions = 100;

    /// <summary>A listing of versions may take pages; most take one.</summary>
    private const int CallsOfAListing = 2;

    private int _left = budget;

    /// <summary>How many calls were not needed.</summary>
    public int Left => Math.Max(0, _left);

    /// <summary>By their ids, those that name no commit too.</summary>
    public Dictionary<string, ForeignRun> Found { get; } = [];

    /// <summary>What could not be looked at, and why.</summary>
    public List<string> Warnings { get; } = [];

    /// <returns>What ended the look; null when it came to its end.</returns>
    public async Task<Problem?> ReadAsync(
        IReadOnlyList<string> models,
        IReadOnlyList<string> experiments,
        CancellationToken cancellationToken
    )
    {
        foreach (var model in models)
            if (!MayCall(CallsOfAListing))
                break;
            else if (await ReadModelAsync(model, cancellationToken) is { } failed)
                return failed;
        foreach (var experiment in experiments)
            if (!MayCall(CallsOfAListing))
                break;
            else if (await ReadExperimentAsync(experiment, cancellationToken) is { } failed)
                return failed;
        return null;
    }

    /// <summary>What it found of runs that name a commit.</summary>
    /// <param name="wasShort">Whether calls ran out elsewhere in the same look.</param>
    public ForeignRuns End(bool wasShort)
    {
        if (wasShort || _left < 0)
            Warnings.Add($"a look makes at most {look.Budget} calls; the rest has to wait for the next one");
        return new ForeignRuns([.. Found.Values.Where(run => run.Commits.Count + run.JobCommits.Count > 0)], Warnings);
    }

    private async Task<Problem?> ReadModelAsync(string model, CancellationToken cancellationToken)
    {
        var listed = await tracked.VersionsAsync(model, cancellationToken);
        if (listed.Failed(out var problem))
            return Note(problem);
        foreach (var row in await UnknownAsync(model, listed.Value, cancellationToken))
        {
            var version = new ModelVersion(model, row.Version, null);
            if (Found.TryGetValue(row.RunId!, out var met))
            {
                Found[met.Id] = met with { Models = [.. met.Models, version] };
                continue;
            }
            if (!MayCall(1))
                break;
            var run = await tracked.GetRunAsync(row.RunId!, cancellationToken);
            if (run.Failed(out problem))
            {
                if (Note(problem) is { } failed)
                    return failed;
            }
            else if (ForeignReading.Of(run.Value, tracked.PageOf) is { } read)
                Found[read.Id] = read with { Models = [version] };
        }
        return null;
    }

    private async Task<Problem?> ReadExperimentAsync(string name, CancellationToken cancellationToken)
    {
        var experiment = await tracked.FindExperimentAsync(name, cancellationToken);
        if (experiment.Failed(out var problem))
            return Note(problem);
        if (experiment.Value is not { } id)
        {
            Warnings.Add($"there is no experiment '{StatusProblem.Clean(name)}'");
            return null;
        }
        var runs = await tracked.NewestRunsAsync(id, cancellationToken);
        if (runs.Failed(out problem))
            return Note(problem);
        foreach (var run in runs.Value)
            if (ForeignReading.Of(run, tracked.PageOf) is { } read)
                Found.TryAdd(read.Id, read);
        return null;
    }

    /// <summary>The newest of those whose origin nobody has told yet.</summary>
    private async Task<IReadOnlyList<TrackedVersion>> UnknownAsync(
        string model,
        IReadOnlyList<TrackedVersion> rows,
        CancellationToken cancellationToken
    )
    {
        var known = await look.KnownVersionsAsync(model, cancellationToken);
        return
        [
            .. rows.Where(row => ForeignReading.IsId(row.RunId) && ForeignReading.IsVersion(row.Version))
                .Where(row => !known.Contains(row.Version))
                .OrderByDescending(Number)
                .Take(MostVersions),
        ];
    }

    private bool MayCall(int calls) => (_left -= calls) >= 0;

    /// <summary>What may pass ends the look; what will not, such as a model that is not there, is told and passed over.</summary>
    private Problem? Note(Problem problem)
    {
        if (problem.IsTransient)
            return problem;
        Warnings.Add(problem.Message);
        return null;
    }

    private static long Number(TrackedVersion row) =>
        long.TryParse(row.Version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
