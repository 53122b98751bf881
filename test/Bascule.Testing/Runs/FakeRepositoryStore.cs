using Bascule.Core.Forges;

namespace Bascule.Testing.Runs;

/// <summary>Repositories and pull requests in memory; refs are not kept.</summary>
public sealed class FakeRepositoryStore : IRepositoryStore
{
    private readonly Lock _gate = new();
    private readonly List<(RepositoryKey Key, ForgeRepository Repository)> _repositories = [];
    private readonly List<PullRequest> _pullRequests = [];

    public void Add(RepositoryKey key, string owner, string name)
    {
        var repository = new ForgeRepository
        {
            Id = key.Id,
            Owner = owner,
            Name = name,
            DefaultBranch = "main",
        };
        lock (_gate)
            _repositories.Add((key, repository));
    }

    public void Add(PullRequest pullRequest)
    {
        lock (_gate)
            _pullRequests.Add(pullRequest);
    }

    public Task<ForgeRepository?> FindAsync(RepositoryKey key, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult<ForgeRepository?>(_repositories.Find(known => known.Key == key).Repository);
    }

    public Task<IReadOnlyList<(RepositoryKey Key, ForgeRepository Repository)>> ListAsync(
        CancellationToken cancellationToken
    )
    {
        lock (_gate)
            return Task.FromResult<IReadOnlyList<(RepositoryKey, ForgeRepository)>>([.. _repositories]);
    }

    public Task<KnownRef?> FindRefAsync(RepositoryKey key, RefName name, CancellationToken cancellationToken) =>
        Task.FromResult<KnownRef?>(null);

    public Task<RefUpdate?> FindUpdateAsync(
        RepositoryKey key,
        RefName name,
        long generation,
        CancellationToken cancellationToken
    ) => Task.FromResult<RefUpdate?>(null);

    public Task<IReadOnlyList<RefUpdate>> ListUpdatesAsync(RepositoryKey key, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<RefUpdate>>([]);

    public Task<PullRequest?> FindPullRequestAsync(RepositoryKey key, long number, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(_pullRequests.Find(known => known.Repository == key && known.Number == number));
    }

    public Task<IReadOnlyList<PullRequest>> ListPullRequestsAsync(
        RepositoryKey key,
        CommitId head,
        CancellationToken cancellationToken
    ) => Task.FromResult(List(known => known.Repository == key && known.Head == head));

    public Task<IReadOnlyList<PullRequest>> ListOpenPullRequestsAsync(
        RepositoryKey key,
        int limit,
        CancellationToken cancellationToken
    ) => Task.FromResult(List(known => known.Repository == key && known.State == PullRequestState.Open));

    private IReadOnlyList<PullRequest> List(Func<PullRequest, bool> fits)
    {
        lock (_gate)
            return [.. _pullRequests.Where(fits)];
    }

    public Task<PullRequest?> FindMergedAsAsync(
        RepositoryKey key,
        CommitId mergeCommit,
        CancellationToken cancellationToken
    )
    {
        lock (_gate)
            return Task.FromResult(
                _pullRequests.Find(known => known.Repository == key && known.MergeCommit == mergeCommit)
            );
    }
}
