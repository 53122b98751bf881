using System.Collections.Concurrent;
using Bascule.Core.Deployments;
using Microsoft.Extensions.Hosting;

namespace Bascule.Server.GitProxy.Following;

/// <summary>
/// Looks at a deploy ref for as long as somebody waits for it to move: once for all of them together, so that a hundred who wait cost the store what one does.
/// It is the store that is looked at, because another replica may have moved it.
/// </summary>
internal sealed class DeployLooks(
    IDeploymentStore deployments,
    GitProxyOptions options,
    TimeProvider time,
    IHostApplicationLifetime lifetime
)
{
    private readonly ConcurrentDictionary<DeployPlace, Lazy<Task<Deployment?>>> _next = new();

    /// <summary>What is deployed a moment from now; null before the first deployment.</summary>
    /// <exception cref="Bascule.Storage.StorageException">The store does not say.</exception>
    /// <exception cref="OperationCanceledException">The caller waits no more, or the server stops.</exception>
    public Task<Deployment?> NextAsync(DeployPlace place, CancellationToken cancellationToken) =>
        _next
            .GetOrAdd(place, asked => new Lazy<Task<Deployment?>>(() => LookAsync(asked)))
            .Value.WaitAsync(cancellationToken);

    private async Task<Deployment?> LookAsync(DeployPlace place)
    {
        try
        {
            await Task.Delay(options.LookAtDeployed, time, lifetime.ApplicationStopping);
        }
        finally
        {
            // Whoever comes from here on may not have what was read before they came.
            _next.TryRemove(place, out _);
        }
        return await deployments.FindAsync(place, lifetime.ApplicationStopping);
    }
}
