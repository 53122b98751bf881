using Bascule.Core;
using Bascule.Core.Deployments;
using Bascule.Core.Promotions;
using Bascule.Core.Runs;
using Bascule.Server.Connections;
using Bascule.Server.Deployments;

namespace Bascule.Server.Promotions;

/// <summary>The last look before an alias is moved: what was right when somebody asked may not be any more.</summary>
internal sealed class PromotionGate(
    IPromotionStore promotions,
    IDeploymentStore deployments,
    EnvironmentConnections environments
)
{
    /// <summary>Null when the run may go on. Conflict when something else was promoted or rolled back since, Denied when the settings or a rollback forbid it.</summary>
    public async Task<Problem?> FindObstacleAsync(Run run, CancellationToken cancellationToken)
    {
        var order = run.Promotes!;
        var place = order.In(run.Environment!);
        var now = await promotions.FindAsync(place, cancellationToken);
        if ((now?.Generation ?? 0) + 1 != order.Generation)
            return Problem.Conflict(
                $"{place} was moved since this was asked for, {(now?.Version is { } version ? $"to version {version}" : "away from every version")}; nothing was changed by this run"
            );
        if (run.IsRollback)
            return null;
        if (environments.Find(place.Environment) is { } environment && !environment.Rule.Promotes.Contains(place.Alias))
            return Unlisted(place);
        return
            await deployments.FindBlockAsync(
                new DeployPlace(run.Repository, place.Environment),
                run.Commit,
                cancellationToken
            )
                is { } blocked
            ? DeployRefs.Refusal(blocked)
            : null;
    }

    /// <summary>The setting is what lets anything be promoted: without it nothing is.</summary>
    public static Problem Unlisted(PromotionPlace place) =>
        Problem.Denied(
            $"environment '{place.Environment}' lets nobody promote to '{place.Alias}'; an operator adds it to bascule.yaml: environments.{place.Environment}.promotes: [{place.Alias}]"
        );
}
