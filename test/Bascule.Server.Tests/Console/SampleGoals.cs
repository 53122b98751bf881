using Bascule.Core.Runs;

namespace Bascule.Server.Tests.Console;

internal sealed class SampleGoals : IMetricGoals
{
    public Task<IReadOnlyDictionary<string, MetricGoal>> ReadAsync(Run run, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, MetricGoal>>(
            new Dictionary<string, MetricGoal>
            {
                ["rmse"] = MetricGoal.Lower,
                ["auc"] = MetricGoal.Higher,
                ["latency_ms"] = MetricGoal.Lower,
            }
        );
}
