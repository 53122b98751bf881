using Bascule.Core.Runs;

namespace Bascule.Server.Reports;

/// <summary>A run with what a report says about it.</summary>
/// <param name="Metrics">In the order to show them, beside the base's values where there are any.</param>
/// <param name="BaseBranch">What the base values belong to; null when there are none.</param>
/// <param name="Log">The tail, only of a failed run.</param>
internal sealed record RunReport(
    Run Run,
    IReadOnlyList<ComparedMetric> Metrics,
    string? BaseBranch,
    IReadOnlyList<ModelVersion> Models,
    string? Log
);

/// <summary>Gathers what reports say, from the database and the workflow file that the run was judged by.</summary>
internal sealed class RunReports(IRunStore runs, RunComparisons comparisons)
{
    private const int MaxMetrics = 20;

    public async Task<RunReport> ReadAsync(Run run, CancellationToken cancellationToken)
    {
        var comparison = await comparisons.CompareAsync(run, cancellationToken);
        return new RunReport(
            run,
            Order(comparison.Metrics),
            comparison.Base is null ? null : comparison.Branch?.ShortName,
            await runs.ReadModelsAsync(run.Id, cancellationToken),
            run.State == RunState.Failed ? await runs.ReadLogAsync(run.Id, cancellationToken) : null
        );
    }

    /// <summary>Those that the workflow names first, then the others by name; a long list is cut.</summary>
    private static List<ComparedMetric> Order(IReadOnlyList<ComparedMetric> metrics) =>
        [
            .. metrics
                .OrderByDescending(metric => metric.Goal is not null)
                .ThenBy(metric => metric.Name, StringComparer.Ordinal)
                .Take(MaxMetrics),
        ];
}
