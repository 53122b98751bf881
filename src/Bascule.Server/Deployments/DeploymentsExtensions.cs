using Bascule.Core.Work;
using Bascule.Server.Configuration;
using Bascule.Server.Deployments.Copying;
using Bascule.Server.Deployments.Reverting;
using Bascule.Server.Deployments.TakingBack;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Deployments;

/// <summary>Wires up deploy refs. Needs the store, work, mirrors, pushes, reports, the audit trail and a TimeProvider.</summary>
internal static class DeploymentsExtensions
{
    /// <param name="dataFolder">What was deployed is kept below it.</param>
    public static void AddDeployments(
        this IServiceCollection services,
        string dataFolder,
        DeployRefSettings? settings = null
    )
    {
        services.AddSingleton(settings ?? DeployRefSettings.Default);
        services.AddSingleton<DeployedPacks>();
        services.AddSingleton(new DeploymentOptions(Path.GetFullPath(Path.Combine(dataFolder, "deployed"))));
        services.AddSingleton<DeployedRepositories>();
        services.AddSingleton<RollbackRuns>();
        services.AddSingleton<DeployRefs>();
        services.AddSingleton<DeploymentReading>();
        services.AddSingleton<Rollbacks>();
        services.AddSingleton<RevertFolder>();
        services.AddSingleton<RevertBranches>();
        services.AddSingleton<RevertProposals>();
        services.AddSingleton<IWorkHandler, RevertHandler>();
        services.AddSingleton<ForgeCopies>();
        services.AddSingleton<IWorkHandler, CopyHandler>();
    }
}
