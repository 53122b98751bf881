using Bascule.Core;
using Bascule.Core.Runs;
using Bascule.Core.Text;
using Bascule.Core.Workflows;
using Bascule.Server.Connections;

namespace Bascule.Server.Runs;

/// <summary>A run with its platform, ready for the next call.</summary>
internal sealed class RunContext(
    EnvironmentConnection environment,
    Run run,
    Workflow workflow,
    RunTree tree,
    IRunSteps steps
)
{
    public EnvironmentRule Environment => environment.Rule;

    public Concurrency Concurrency => workflow.Concurrency;

    public ReportRules Report => workflow.Report;

    public IRunSteps Steps => steps;

    /// <summary>A reproduction sends what its plan says or nothing: Conflict names each member that would be another by the settings of now.</summary>
    public async Task<Result<Done>> CompareWithPlanAsync(CancellationToken cancellationToken)
    {
        var sent = await tree.ReadAsPlannedAsync(cancellationToken);
        if (sent.Failed(out var unread))
            return unread;
        var planned = await steps.PlanAsync(cancellationToken);
        if (planned.Failed(out var unplanned))
            return unplanned;
        var differences = PlanDifferences.Between(run.Plan!, planned.Value.Json);
        return differences.Count == 0
            ? Result.Done
            : Problem.Conflict(
                Points.Of(
                    "this would not be the same run, because the server's settings are others now, or Bascule is another version, so it is not started; put back what differs, or run the commit as things are now with `bascule run retry`",
                    differences
                )
            );
    }
}
