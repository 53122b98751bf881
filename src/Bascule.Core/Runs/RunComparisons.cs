using Bascule.Core.Forges;

namespace Bascule.Core.Runs;

/// <summary>
/// Sets a run's metrics beside those of the last success before it: of its base branch for a pull request, else of its own ref. A reproduction's beside those of the
/// run that it does over. And beside those of the run whose model is promoted now.
/// </summary>
public sealed class RunComparisons(
    IRunStore runs,
    IRepositoryStore repositories,
    IMetricGoals goals,
    IPromotedVersions promotions
)
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
        var former = run.Reproduces is { } original
            ? await FindOriginalAsync(original, within, cancellationToken)
            : earlier.Find(one => one.Run.Shortfall is null);
        var promoted = await FindPromotedAsync(run, within, cancellationToken);
        var itsValues = promoted is null ? [] : await ReadValuesAsync(promoted.Producer.Id, cancellationToken);
        return new RunComparison(
            former?.Run,
            branch,
            [
                .. metrics.Select(metric =>
                    Compare(metric, former, earlier, rules.GetValueOrDefault(metric.Name)) with
                    {
                        Promoted = itsValues.TryGetValue(metric.Name, out var value) ? value : null,
                    }
                ),
            ]
        )
        {
            Promoted = promoted,
        };
    }

    private async Task<MeasuredRun?> FindOriginalAsync(
        RunId id,
        IReadOnlyList<RunReach>? within,
        CancellationToken cancellationToken
    ) =>
        await runs.FindAsync(id, cancellationToken) is { } original && IsSeen(original, within)
            ? new MeasuredRun(original, await ReadValuesAsync(id, cancellationToken))
            : null;

    /// <summary>Null as well for the run that is promoted itself.</summary>
    private async Task<PromotedVersion?> FindPromotedAsync(
        Run run,
        IReadOnlyList<RunReach>? within,
        CancellationToken cancellationToken
    )
    {
        var promoted = await promotions.FindAsync(run, cancellationToken);
        return promoted is not null && promoted.Producer.Id != run.Id && IsSeen(promoted.Producer, within)
            ? promoted
            : null;
    }

    private static bool IsSeen(Run other, IReadOnlyList<RunReach>? within) =>
        within is null || within.Any(reach => reach.Holds(other));

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
            WithoutReproductions = true,
            WithoutAskedPromotions = true,
        };
        var earlier = new List<MeasuredRun>();
        foreach (var other in await runs.ListAsync(filter, cancellationToken))
        {
            // A merge that was not trained again is as good as what it promoted.
            var trained = other.Promotes?.Producer ?? other.Id;
            earlier.Add(new MeasuredRun(other, await ReadValuesAsync(trained, cancellationToken)));
        }
        return earlier;
    }

    private async Task<Dictionary<string, double>> ReadValuesAsync(RunId run, CancellationToken cancellationToken)
    {
        var values = new Dictionary<string, double>();
        foreach (var metric in await runs.ReadMetricsAsync(run, cancellationToken))
            values[metric.Name] = metric.Value;
        return values;
    }

    private sealed record MeasuredRun(Run Run, Dictionary<string, double> Values);
}

/// <param name="Base">The run compared with; null when there is none yet.</param>
/// <param name="Branch">The branch it was looked for on.</param>
public sealed record RunComparison(Run? Base, RefName? Branch, IReadOnlyList<ComparedMetric> Metrics)
{
    public static RunComparison None { get; } = new(null, null, []);

    /// <summary>What is promoted now of what the workflow trains; null when nothing is.</summary>
    public PromotedVersion? Promoted { get; init; }
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

    /// <summary>Of the run whose model is promoted now; null when none is, or it logged none.</summary>
    public double? Promoted { get; init; }

    /// <summary>Beside the base. Null when there is no base, no goal, or a value that cannot be compared.</summary>
    public MetricVerdict? Verdict => Against(Base);

    /// <summary>Beside what is promoted; null in the same cases.</summary>
    public MetricVerdict? PromotedVerdict => Against(Promoted);

    private MetricVerdict? Against(double? other)
    {
        if (other is not { } was || Goal is not { } goal || !double.IsFinite(was) || !double.IsFinite(Value))
            return null;
        var gain = goal == MetricGoal.Higher ? Value - was : was - Value;
        return gain > Tolerance ? MetricVerdict.Better
            : gain < -Tolerance ? MetricVerdict.Worse
            : MetricVerdict.Same;
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
