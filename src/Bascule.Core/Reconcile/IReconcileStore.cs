using Bascule.Core.Forges;

namespace Bascule.Core.Reconcile;

/// <summary>What the comparison of forges with what Bascule has seen needs to know.</summary>
public interface IReconcileStore
{
    Task<ReconcileRound?> FindRoundAsync(string forgeUid, CancellationToken cancellationToken);

    /// <summary>
    /// Repositories that this round has not asked about and that it should: first those that may have changed, recently active ones before others, then
    /// those whose turn in the sweep has come, longest unasked first.
    /// </summary>
    Task<IReadOnlyList<DueRepository>> ListDueAsync(DueRepositories query, CancellationToken cancellationToken);

    Task<RepositoryComparison?> FindComparisonAsync(RepositoryKey repository, CancellationToken cancellationToken);

    /// <summary>Every ref of the repository that was ever seen.</summary>
    Task<IReadOnlyList<KnownRef>> ListRefsAsync(RepositoryKey repository, CancellationToken cancellationToken);

    Task<IReadOnlyDictionary<long, PullRequestState>> ListPullRequestsAsync(
        RepositoryKey repository,
        CancellationToken cancellationToken
    );

    Task<MissedRef?> FindMissedAsync(RepositoryKey repository, RefName name, CancellationToken cancellationToken);

    /// <summary>How many repositories of the forge have not been asked about since then.</summary>
    Task<long> CountUnaskedAsync(string forgeUid, DateTimeOffset since, CancellationToken cancellationToken);
}

/// <param name="RoundStartedAt">What was asked since is not asked again.</param>
/// <param name="SweepWithin">
/// However quiet, each repository is asked when 50 to 90 % of this has passed since it was asked last: spread by its id, so that a sweep is no burst.
/// </param>
public sealed record DueRepositories(
    string ForgeUid,
    DateTimeOffset RoundStartedAt,
    DateTimeOffset Now,
    TimeSpan SweepWithin,
    int Limit
);

/// <param name="Last">Connecting makes the first one: what was never connected is never compared.</param>
public sealed record DueRepository(RepositoryKey Key, ForgeRepository Repository, RepositoryComparison Last);
