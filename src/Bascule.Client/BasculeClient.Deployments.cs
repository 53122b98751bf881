using Bascule.Core;
using Bascule.Core.Api;

namespace Bascule.Client;

public sealed partial class BasculeClient
{
    /// <summary>Where the deploy refs of an environment point, as far as whoever asks may see it.</summary>
    public Task<Result<DeploymentList>> ListDeploymentsAsync(string environment, CancellationToken cancellationToken) =>
        GetAsync(
            $"deployments?environment={Uri.EscapeDataString(environment)}",
            ApiJson.Default.DeploymentList,
            cancellationToken
        );

    /// <summary>What is not as it was deployed, as far as whoever asks may see it.</summary>
    /// <param name="environment">Null for all of them.</param>
    public Task<Result<DriftList>> ListDriftAsync(string? environment, CancellationToken cancellationToken) =>
        GetAsync(
            environment is null ? "drift" : $"drift?environment={Uri.EscapeDataString(environment)}",
            ApiJson.Default.DriftList,
            cancellationToken
        );

    /// <summary>Goes back from what is deployed to the last good version. Conflict when it was moved meanwhile, or there is nothing to go back to.</summary>
    /// <param name="from">As it was seen.</param>
    public Task<Result<DeploymentRecord>> RollBackAsync(
        DeploymentRecord from,
        string because,
        CancellationToken cancellationToken
    ) =>
        PostAsync(
            string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"deployments/{Uri.EscapeDataString(from.Id)}/rollback?generation={from.Generation}&because={Uri.EscapeDataString(because)}"
            ),
            ApiJson.Default.DeploymentRecord,
            cancellationToken
        );
}
