using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Server.Audit;
using Bascule.Server.Connections;
using Bascule.Server.Identity;

namespace Bascule.Server.Runs;

/// <summary>What a plan is made beside: leave to read what the platform holds, and what was deployed there last, and by others.</summary>
internal sealed class PlanSurroundings(
    RunIdentities identities,
    IRunStore runs,
    OtherDeployments others,
    AuditTrail audit
)
{
    /// <summary>The same request with all of it; as it is where there is no environment.</summary>
    public async Task<PlanRequest> AroundAsync(
        PlanRequest request,
        Run run,
        EnvironmentConnection? environment,
        CancellationToken cancellationToken
    )
    {
        if (environment is null)
            return request;
        return request with
        {
            Access = AccessFor(run, environment),
            Deployed = await DeployedAsync(run, environment.Name, cancellationToken),
            Others = await others.BesideAsync(run, environment, cancellationToken),
        };
    }

    /// <summary>By the identity of plans; null where a platform's plans ask nobody.</summary>
    public PlanAccess? AccessFor(Run run, EnvironmentConnection environment)
    {
        if (environment.Platform is not IPlansApart)
            return null;
        var links = new Dictionary<string, string>
        {
            ["run"] = run.Id.Text,
            ["repository"] = run.Repository.ToString(),
        };
        return new PlanAccess(identities.ForPlan(run, environment), new CallAudit(audit, links));
    }

    /// <summary>What others have on platforms of the environment's kind.</summary>
    public Task<IReadOnlyList<OtherDeployment>> OthersAsync(
        Run run,
        EnvironmentConnection environment,
        CancellationToken cancellationToken
    ) => others.BesideAsync(run, environment, cancellationToken);

    private async Task<string?> DeployedAsync(Run run, string environment, CancellationToken cancellationToken)
    {
        var filter = new RunFilter(run.Repository, Workflow: run.Workflow, State: RunState.Succeeded, Limit: 1)
        {
            Within = [new RunReach([run.Repository], [environment])],
            WithoutReproductions = true,
            WithoutPromotions = true,
        };
        return await runs.ListAsync(filter, cancellationToken) is [var last] ? last.Plan : null;
    }
}
