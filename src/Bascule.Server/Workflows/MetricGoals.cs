using Bascule.Core.Runs;
using Bascule.Server.Events;

namespace Bascule.Server.Workflows;

/// <summary>Reads which way a metric is better from the workflow file that the run was judged by.</summary>
internal sealed class MetricGoals(RepositoryLookup lookup, WorkflowSource workflows) : IMetricGoals
{
    private static readonly Dictionary<string, MetricRule> None = [];

    public async Task<IReadOnlyDictionary<string, MetricRule>> ReadAsync(Run run, CancellationToken cancellationToken)
    {
        var opened = await lookup.OpenAsync(run.Repository, cancellationToken);
        if (opened.Problem is not null)
            return None;
        var policy = run.BaseCommit ?? run.Commit;
        var workflow = await workflows.ReadAsync(opened.Value.Mirror, policy, run.Workflow, cancellationToken);
        return workflow.Problem is null ? workflow.Value.Report.Metrics : None;
    }
}
