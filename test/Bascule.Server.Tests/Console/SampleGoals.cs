using Bascule.Core.Runs;

namespace Bascule.Server.Tests.Console;

internal sealed class SampleGoals : IMetricGoals
{
    public Task<IReadOnlyDictionary<string, MetricRule>> ReadAsync(Run run, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, MetricRule>>(
            new Dictionary<string, MetricRule>
            {
                ["rmse"] = new(MetricGoal.Lower),
                ["auc"] = new(MetricGoal.Higher),
                ["latency_ms"] = new(MetricGoal.Lower),
            }
        );
}
