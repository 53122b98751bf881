using Bascule.Core.Lineage;
using Bascule.Core.Platforms;
using Bascule.Core.Promotions;
using Bascule.Core.Runs;
using Bascule.Server.Connections;

namespace Bascule.Server.Drift;

/// <summary>What is compared with its platform: what was deployed last where the platform can tell, and where aliases of models were left.</summary>
internal sealed class ComparedRuns(
    ILineageStore lineage,
    IPromotionStore promotions,
    IRunStore runs,
    EnvironmentConnections environments
)
{
    private const int MostDeployed = 1000;

    public static bool Compares(EnvironmentConnection environment) =>
        environment.Rule.DriftEvery is not null && (environment.Platform is IFindsDrift || Promotes(environment));

    /// <summary>Of each place the run that brought it to where it should be.</summary>
    /// <param name="within">What may be seen; null for everything.</param>
    public async Task<IReadOnlyList<Run>> ListAsync(
        IReadOnlyList<RunReach>? within,
        CancellationToken cancellationToken
    )
    {
        var deployed = await lineage.ListDeployedAsync(within, MostDeployed, cancellationToken);
        var found = deployed.Where(run => Find(run) is { Platform: IFindsDrift }).ToList();
        foreach (var promotion in await promotions.ListAsync(environment: null, cancellationToken))
            if (
                await runs.FindAsync(promotion.Run, cancellationToken) is { } run
                && (within is null || within.Any(reach => reach.Holds(run)))
                && Find(run) is { } environment
                && Promotes(environment)
            )
                found.Add(run);
        return found;
    }

    private static bool Promotes(EnvironmentConnection environment) =>
        environment.Platform is IPromotesModels && environment.Rule.Promotes.Count > 0;

    private EnvironmentConnection? Find(Run run) =>
        environments.Find(run.Environment!) is { } environment && Compares(environment) ? environment : null;
}
