using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Server.Audit;
using Bascule.Server.Connections;
using Bascule.Server.Identity;

namespace Bascule.Server.Runs;

/// <summary>What a plan is made beside: leave to read what the platform holds, and what was deployed there last.</summary>
internal sealed class PlanSurroundings(RunIdentities identities, IRunStore runs, AuditTrail audit)
{
    /// <summary>The same request with both; as it is where there is no environment.</summary>
    public async Task<PlanRequest> AroundAsync(
        PlanRequest request,
        Run run,
        EnvironmentConnection? environment,
        CancellationToken cancellationToken
    )
    {
        if (environment is null)
            return request;
        var links = new Dictionary<string, string>
        {
            ["run"] = run.Id.Text,
            ["repository"] = run.Repository.ToString(),
        };
        return request with
        {
            Access =
                environment.Platform is IComparesPlans
                    ? new PlanAccess(identities.ForPlan(run, environment), new CallAudit(audit, links))
                    : null,
            Deployed = await DeployedAsync(run, environment.Name, cancellationToken),
        };
    }

    private async Task<string?> DeployedAsync(Run run, string environment, CancellationToken cancellationToken)
    {
        var filter = new RunFilter(run.Repository, Workflow: run.Workflow, State: RunState.Succeeded, Limit: 1)
        {
            Within = [new RunReach([run.Repository], [environment])],
        };
        return await runs.ListAsync(filter, cancellationToken) is [var last] ? last.Plan : null;
    }
}
