using Bascule.Core.Runs;
using Bascule.Core.Workflows;
using Bascule.Server.Events;

namespace Bascule.Server.Workflows;

/// <summary>Reads which way a metric is better from the workflow file that the run was judged by.</summary>
internal sealed class MetricGoals(RepositoryLookup lookup, WorkflowSource workflows) : IMetricGoals
{
    private static readonly Dictionary<string, MetricGoal> None = [];

    public async Task<IReadOnlyDictionary<string, MetricGoal>> ReadAsync(Run run, CancellationToken cancellationToken)
    {
        var opened = await lookup.OpenAsync(run.Repository, cancellationToken);
        if (opened.Problem is not null)
            return None;
        var policy = run.BaseCommit ?? run.Commit;
        var workflow = await workflows.ReadAsync(opened.Value.Mirror, policy, run.Workflow, cancellationToken);
        return workflow.Problem is null
            ? workflow.Value.Report.Metrics.ToDictionary(metric => metric.Key, metric => Goal(metric.Value))
            : None;
    }

    private static MetricGoal Goal(MetricDirection direction) =>
        direction == MetricDirection.Higher ? MetricGoal.Higher : MetricGoal.Lower;
}
