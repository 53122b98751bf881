using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Identity;
using Bascule.Core.Platforms;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>A workspace that bundles are deployed to: what that would change is asked of it, by a principal that may only read (THREATS T142).</summary>
internal sealed class DeployingPlatform(DatabricksOptions options, OutboundClient http, ConnectionHost host)
    : DatabricksPlatform(options, http, host),
        IComparesPlans
{
    private readonly DatabricksOptions _options = options;

    public async Task<Result<string>> IdentifyPlannerAsync(IRunIdentity planner, CancellationToken cancellationToken)
    {
        var session = new DatabricksSession(planner, Audit: null);
        var me = await DatabricksIdentity.AskAsync(Planner!, session, cancellationToken);
        return me.Failed(out var problem) ? problem : $"{me.Value} in {_options.Workspace}";
    }

    public string PlannerSetup(string issuer, string subject, string environment) =>
        FederationCommand.PlannerSetup(_options, issuer, subject, environment);
}
