using Bascule.Core.Forges;

namespace Bascule.Core.Runs;

/// <summary>
/// Sets a run's metrics beside those of the last success before it: of its base branch for a pull request, else of its own ref.
/// </summary>
public sealed class RunComparisons(IRunStore runs, IRepositoryStore repositories, IMetricGoals goals)
{
    private const int History = 12;

    public Task<RunComparison> CompareAsync(Run run, CancellationToken cancellationToken) =>
        CompareAsync(run, within: null, cancellationToken);

    /// <param name="within">What may be seen of other runs; null for everything.</param>
    public async Task<RunComparison> CompareAsync(
        Run run,
        IReadOnlyList<RunReach>? within,
        CancellationToken cancellationToken
    )
    {
        var metrics = await runs.ReadMetricsAsync(run.Id, cancellationToken);
        if (metrics.Count == 0)
            return new RunComparison(null, null, []);
        var branch = await FindBaseBranchAsync(run, cancellationToken);
        var earlier = await ReadEarlierAsync(run, branch, within, cancellationToken);
        var directions = await goals.ReadAsync(run, cancellationToken);
        return new RunComparison(
            earlier.Count > 0 ? earlier[0].Run : null,
            branch,
            [.. metrics.Select(metric => Compare(metric, earlier, directions))]
        );
    }

    private static ComparedMetric Compare(
        Metric metric,
        List<(Run Run, Dictionary<string, double> Values)> earlier,
        IReadOnlyDictionary<string, MetricGoal> goals
    )
    {
        double? @base = earlier.Count > 0 && earlier[0].Values.TryGetValue(metric.Name, out var value) ? value : null;
        MetricGoal? goal = goals.TryGetValue(metric.Name, out var known) ? known : null;
        var history = earlier.Where(run => run.Values.ContainsKey(metric.Name)).Select(run => run.Values[metric.Name]);
        return new ComparedMetric(metric.Name, metric.Value, @base, goal, [.. history.Reverse()]);
    }

    private async Task<RefName?> FindBaseBranchAsync(Run run, CancellationToken cancellationToken)
    {
        if (run.PullRequest is not { } number)
            return run.Ref;
        var pullRequest = await repositories.FindPullRequestAsync(run.Repository, number, cancellationToken);
        return pullRequest?.Base;
    }

    private async Task<List<(Run Run, Dictionary<string, double> Values)>> ReadEarlierAsync(
        Run run,
        RefName? branch,
        IReadOnlyList<RunReach>? within,
        CancellationToken cancellationToken
    )
    {
        if (branch is null)
            return [];
        var filter = new RunFilter(
            run.Repository,
            Ref: branch,
            Workflow: run.Workflow,
            State: RunState.Succeeded,
            Before: run.Id,
            Limit: History
        )
        {
            Within = within,
        };
        var earlier = new List<(Run, Dictionary<string, double>)>();
        foreach (var other in await runs.ListAsync(filter, cancellationToken))
        {
            var values = new Dictionary<string, double>();
            foreach (var metric in await runs.ReadMetricsAsync(other.Id, cancellationToken))
                values[metric.Name] = metric.Value;
            earlier.Add((other, values));
        }
        return earlier;
    }
}

/// <param name="Base">The run compared with; null when there is none yet.</param>
/// <param name="Branch">The branch it was looked for on.</param>
public sealed record RunComparison(Run? Base, RefName? Branch, IReadOnlyList<ComparedMetric> Metrics);

/// <param name="History">The values of earlier successes on the base branch, oldest first; without this run's.</param>
public sealed record ComparedMetric(
    string Name,
    double Value,
    double? Base,
    MetricGoal? Goal,
    IReadOnlyList<double> History
)
{
    /// <summary>Null when there is no base, no goal, or a value that cannot be compared.</summary>
    public MetricVerdict? Verdict
    {
        get
        {
            if (Base is not { } was || Goal is not { } goal || !double.IsFinite(was) || !double.IsFinite(Value))
                return null;
            var gain = goal == MetricGoal.Higher ? Value.CompareTo(was) : was.CompareTo(Value);
            return gain switch
            {
                > 0 => MetricVerdict.Better,
                < 0 => MetricVerdict.Worse,
                _ => MetricVerdict.Same,
            };
        }
    }
}

/// <summary>Which way a metric is good.</summary>
public enum MetricGoal
{
    Lower,
    Higher,
}

public enum MetricVerdict
{
    Better,
    Same,
    Worse,
}

/// <summary>Knows what a run's workflow says under <c>report.metrics</c>.</summary>
public interface IMetricGoals
{
    /// <summary>By metric name; empty when the workflow names none.</summary>
    Task<IReadOnlyDictionary<string, MetricGoal>> ReadAsync(Run run, CancellationToken cancellationToken);
}
