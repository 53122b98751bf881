using Bascule.Core.Runs;
using Bascule.Core.Text;
using Bascule.Core.Workflows;
using Bascule.Server.Reports;

namespace Bascule.Server.Runs;

/// <summary>Holds what a run has measured against what its workflow requires.</summary>
internal sealed class RunRequirements(RunComparisons comparisons)
{
    private const int MaxName = 80;

    /// <summary>
    /// Which required metrics fall short, in a sentence; null when none does. One that was not logged, or is no number, falls short; where there is no success
    /// before it, nothing can be worse.
    /// </summary>
    /// <param name="metrics">What the run logged.</param>
    public async Task<string?> FindShortfallAsync(
        Run run,
        ReportRules rules,
        IReadOnlyList<Metric> metrics,
        CancellationToken cancellationToken
    )
    {
        if (rules.Require.Count == 0)
            return null;
        var compared = await comparisons.CompareAsync(run, metrics, rules.Metrics, cancellationToken);
        var said = rules
            .Require.Select(name => Judge(name, compared.Metrics.FirstOrDefault(metric => metric.Name == name)))
            .OfType<string>()
            .ToList();
        if (said.Count == 0)
            return null;
        var where = compared.Base is { } other ? $" (run {other.Id}, commit {other.Commit.Short})" : "";
        return string.Join("; ", said) + where;
    }

    private static string? Judge(string name, ComparedMetric? metric)
    {
        var shown = PlainText.Line(name, MaxName);
        if (metric is null)
            return $"{shown} was not logged, and report.require asks for it";
        if (!double.IsFinite(metric.Value))
            return $"{shown} is {Words.Number(metric.Value)}";
        if (metric.Verdict is not MetricVerdict.Worse)
            return null;
        var allowed = metric.Tolerance > 0 ? $", by more than {Words.Number(metric.Tolerance)}" : "";
        return $"{shown} is {Words.Number(metric.Value)}, worse than {Words.Number(metric.Base!.Value)} before{allowed}";
    }
}
