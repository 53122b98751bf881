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
        return metrics.Count == 0
            ? RunComparison.None
            : await CompareAsync(
                run,
                metrics,
                await goals.ReadAsync(run, cancellationToken),
                within,
                cancellationToken
            );
    }

    /// <summary>Of a run whose metrics are not stored yet.</summary>
    /// <param name="rules">By metric name.</param>
    public Task<RunComparison> CompareAsync(
        Run run,
        IReadOnlyList<Metric> metrics,
        IReadOnlyDictionary<string, MetricRule> rules,
        CancellationToken cancellationToken
    ) => CompareAsync(run, metrics, rules, within: null, cancellationToken);

    private async Task<RunComparison> CompareAsync(
        Run run,
        IReadOnlyList<Metric> metrics,
        IReadOnlyDictionary<string, MetricRule> rules,
        IReadOnlyList<RunReach>? within,
        CancellationToken cancellationToken
    )
    {
        var branch = await FindBaseBranchAsync(run, cancellationToken);
        var earlier = await ReadEarlierAsync(run, branch, within, cancellationToken);
        // What fell short itself is nothing to be measured by: else two steps down would pass as one.
        var former = earlier.Find(one => one.Run.Shortfall is null);
        return new RunComparison(
            former?.Run,
            branch,
            [.. metrics.Select(metric => Compare(metric, former, earlier, rules.GetValueOrDefault(metric.Name)))]
        );
    }

    private static ComparedMetric Compare(
        Metric metric,
        MeasuredRun? former,
        List<MeasuredRun> earlier,
        MetricRule? rule
    )
    {
        double? @base = former?.Values.TryGetValue(metric.Name, out var value) == true ? value : null;
        var history = earlier.Where(run => run.Values.ContainsKey(metric.Name)).Select(run => run.Values[metric.Name]);
        return new ComparedMetric(metric.Name, metric.Value, @base, rule?.Goal, [.. history.Reverse()])
        {
            Tolerance = rule?.Tolerance ?? 0,
        };
    }

    private async Task<RefName?> FindBaseBranchAsync(Run run, CancellationToken cancellationToken)
    {
        if (run.PullRequest is not { } number)
            return run.Ref;
        var pullRequest = await repositories.FindPullRequestAsync(run.Repository, number, cancellationToken);
        return pullRequest?.Base;
    }

    private async Task<List<MeasuredRun>> ReadEarlierAsync(
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
            WithoutPromotions = true,
        };
        var earlier = new List<MeasuredRun>();
        foreach (var other in await runs.ListAsync(filter, cancellationToken))
        {
            var values = new Dictionary<string, double>();
            foreach (var metric in await runs.ReadMetricsAsync(other.Id, cancellationToken))
                values[metric.Name] = metric.Value;
            earlier.Add(new MeasuredRun(other, values));
        }
        return earlier;
    }

    private sealed record MeasuredRun(Run Run, Dictionary<string, double> Values);
}

/// <param name="Base">The run compared with; null when there is none yet.</param>
/// <param name="Branch">The branch it was looked for on.</param>
public sealed record RunComparison(Run? Base, RefName? Branch, IReadOnlyList<ComparedMetric> Metrics)
{
    public static RunComparison None { get; } = new(null, null, []);
}

/// <param name="History">The values of earlier successes on the base branch, oldest first; without this run's.</param>
public sealed record ComparedMetric(
    string Name,
    double Value,
    double? Base,
    MetricGoal? Goal,
    IReadOnlyList<double> History
)
{
    /// <summary>By how much it may change, in its own unit, and still be the same.</summary>
    public double Tolerance { get; init; }

    /// <summary>Null when there is no base, no goal, or a value that cannot be compared.</summary>
    public MetricVerdict? Verdict
    {
        get
        {
            if (Base is not { } was || Goal is not { } goal || !double.IsFinite(was) || !double.IsFinite(Value))
                return null;
            var gain = goal == MetricGoal.Higher ? Value - was : was - Value;
            return gain > Tolerance ? MetricVerdict.Better
                : gain < -Tolerance ? MetricVerdict.Worse
                : MetricVerdict.Same;
        }
    }
}

/// <summary>Which way a metric is good.</summary>
public enum MetricGoal
{
    Lower,
    Higher,
}

/// <summary>What a workflow says of one metric.</summary>
/// <param name="Tolerance">By how much it may change, in its own unit, and still be the same; not negative.</param>
public sealed record MetricRule(MetricGoal Goal, double Tolerance = 0);

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
    Task<IReadOnlyDictionary<string, MetricRule>> ReadAsync(Run run, CancellationToken cancellationToken);
}
