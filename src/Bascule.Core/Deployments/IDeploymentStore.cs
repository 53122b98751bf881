using Bascule.Core.Forges;

namespace Bascule.Core.Deployments;

/// <summary>Where the deploy refs are, where they were, and what must not come back.</summary>
public interface IDeploymentStore
{
    /// <summary>Where the ref points; null when nothing was deployed there.</summary>
    Task<Deployment?> FindAsync(DeployPlace place, CancellationToken cancellationToken);

    /// <summary>Where each deploy ref of a repository points, by environment.</summary>
    Task<IReadOnlyList<Deployment>> ListAsync(RepositoryKey repository, CancellationToken cancellationToken);

    /// <summary>The newest deployment of each repository in an environment, by repository.</summary>
    Task<IReadOnlyList<Deployment>> ListAsync(string environment, CancellationToken cancellationToken);

    /// <summary>Where every deploy ref points, with the name by which its repository was last known.</summary>
    Task<IReadOnlyList<FollowedRef>> ListFollowedAsync(CancellationToken cancellationToken);

    /// <summary>The moves of one ref, newest first.</summary>
    Task<IReadOnlyList<Deployment>> ReadHistoryAsync(DeployPlace place, int limit, CancellationToken cancellationToken);

    /// <summary>What is kept of the commits deployed at a place, by number.</summary>
    Task<IReadOnlyList<DeployedPack>> ListPacksAsync(DeployPlace place, CancellationToken cancellationToken);

    /// <summary>One part of a pack, from 0; null when it was dropped meanwhile.</summary>
    Task<byte[]?> ReadPackAsync(DeployedPack pack, int part, CancellationToken cancellationToken);

    /// <summary>Null when the commit may be deployed.</summary>
    Task<BlockedCommit?> FindBlockAsync(DeployPlace place, CommitId commit, CancellationToken cancellationToken);
}
