using Bascule.Core;
using Bascule.Core.Deployments;
using Bascule.Server.Deployments.Outages;

namespace Bascule.Server.GitProxy.Following;

/// <summary>What is deployed, for whoever holds a token for one deploy ref; while the database is away, what was when it last said so.</summary>
internal sealed class DeployedVersions(IDeploymentStore deployments, OutageDoor? outages = null)
{
    /// <summary>NotFound before the first deployment.</summary>
    /// <param name="environment">Of the deploy ref that the token is for.</param>
    public async Task<Result<(AdmittedGit Admitted, Deployment Deployed)>> FindAsync(
        AskedGit asked,
        string environment,
        CancellationToken cancellationToken
    )
    {
        var confirmed = await asked.Confirmed;
        if (confirmed.Failed(out var refused))
            return refused;
        var admitted = confirmed.Value;
        var place = new DeployPlace(admitted.Pass.Repository, environment);
        if (admitted.Remembered is { } known)
            return (admitted, known);
        if (outages?.IsGood(admitted.Pass) != true)
            return await ReadAsync(admitted, place, cancellationToken);
        return await outages.AskAsync(
            () => ReadAsync(admitted, place, cancellationToken),
            () => Remember(admitted),
            cancellationToken
        );
    }

    private async Task<Result<(AdmittedGit, Deployment)>> ReadAsync(
        AdmittedGit admitted,
        DeployPlace place,
        CancellationToken cancellationToken
    ) =>
        await deployments.FindAsync(place, cancellationToken) is { } deployed
            ? (admitted, deployed)
            : Problem.NotFound(
                $"nothing has been deployed to environment '{place.Environment}' from this repository yet"
            );

    private Result<(AdmittedGit, Deployment)> Remember(AdmittedGit admitted)
    {
        var opened = outages!.Open(admitted.Pass);
        if (opened.Failed(out var refused))
            return refused;
        var at = opened.Value.Ref.Deployment;
        return (admitted with { Remembered = at }, at);
    }
}
