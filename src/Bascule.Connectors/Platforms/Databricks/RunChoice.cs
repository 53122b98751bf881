using System.Globalization;
using Bascule.Connectors.Outbound;
using Bascule.Connectors.Platforms.Mlflow;
using Bascule.Connectors.Platforms.Sending;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>The one MLflow run that is this run's, or none; candidates that are left out are named.</summary>
internal sealed record RunChoice(MlflowRun? Run, IReadOnlyList<string> Warnings)
{
    private const string MarkTag = "bascule.run";
    private const string JobRunTag = "mlflow.databricks.jobRunID";
    private const string ParentTag = "mlflow.parentRunId";

    /// <summary>Two services of the same platform may read their clocks a little apart.</summary>
    private const long ClockLeewayMs = 60_000;

    public static RunChoice Of(IReadOnlyList<MlflowRun> candidates, StartedRun run, JobRun job)
    {
        var ids = JobRunIds(run, job).ToHashSet();
        var warnings = new List<string>();
        var fitting = new List<MlflowRun>();
        foreach (var candidate in candidates)
            if (Fault(candidate, run, job, ids) is { } fault)
                warnings.Add($"MLflow run {candidate.Info!.RunId} is left out: {fault}");
            else
                fitting.Add(candidate);
        var best = Narrow(fitting);
        if (best.Count > 1)
            warnings.Add(
                $"{best.Count} MLflow runs claim to be this run and nothing tells them apart, so none is read: "
                    + string.Join(", ", best.Select(candidate => candidate.Info!.RunId))
            );
        if (best is [var mine] && Tag(mine, MarkTag) is null)
            warnings.Add(
                $"MLflow run {mine.Info!.RunId} has no tag {MarkTag}; it is taken by the platform's job-run tag alone. Set the tag to {{{{run}}}} to prove it"
            );
        if (candidates.Count == 0 && ((DatabricksTask)run.Task).Uses(Placeholders.Run))
            warnings.Add(
                $"no MLflow run has the tag {MarkTag} = {{{{run}}}}, so there are no metrics; set the tag, and name the experiment in the workflow with experiment:"
            );
        return new RunChoice(best is [var only] ? only : null, warnings);
    }

    /// <summary>The platform's tag holds the id of the job's run or of its task's.</summary>
    public static IEnumerable<string> JobRunIds(StartedRun run, JobRun job) =>
        [
            run.PlatformRunId,
            .. (job.Tasks ?? [])
                .Select(task => task.RunId?.ToString(CultureInfo.InvariantCulture))
                .OfType<string>()
                .Take(10),
        ];

    private static string? Fault(MlflowRun candidate, StartedRun run, JobRun job, HashSet<string> ids)
    {
        var (mark, jobRun) = (Tag(candidate, MarkTag), Tag(candidate, JobRunTag));
        if (candidate.Info!.LifecycleStage is "deleted")
            return "it is deleted";
        if (mark is not null && mark != run.Mark)
            return $"its {MarkTag} is another one's";
        if (mark is null && ((DatabricksTask)run.Task).Uses(Placeholders.Run))
            return $"it has no {MarkTag}, which the workflow passes on";
        if (jobRun is not null && !ids.Contains(jobRun))
            return $"its {JobRunTag} names run '{StatusProblem.Clean(jobRun)}', which is not this one";
        if (job.StartTime is > 0 and var start && candidate.Info.StartTime < start - ClockLeewayMs)
            return "it began before this run did";
        return job.EndTime is > 0 and var end && candidate.Info.StartTime > end + ClockLeewayMs
            ? "it began after this run had ended"
            : null;
    }

    /// <summary>Where several fit: those that the platform tagged too, then those that are nobody's child.</summary>
    private static List<MlflowRun> Narrow(List<MlflowRun> fitting)
    {
        foreach (var test in new Func<MlflowRun, bool>[] { IsFull, HasJobRun, HasNoParent })
            if (fitting.Count > 1 && fitting.Where(test).ToList() is { Count: > 0 } better)
                fitting = better;
        return fitting;
    }

    private static bool IsFull(MlflowRun run) => Tag(run, MarkTag) is not null;

    private static bool HasJobRun(MlflowRun run) => Tag(run, JobRunTag) is not null;

    private static bool HasNoParent(MlflowRun run) => Tag(run, ParentTag) is null;

    private static string? Tag(MlflowRun run, string key) =>
        run.Data?.Tags?.FirstOrDefault(tag => tag.Key == key)?.Value;
}
