using System.Collections.Concurrent;
using Bascule.Core.Forges;
using Bascule.Core.Reconcile;
using Bascule.Core.Work;
using Bascule.Server.Connections;
using Bascule.Server.Events;

namespace Bascule.Server.Reconcile;

/// <summary>Has the forge asked about pull requests that are open for Bascule: their heads stay where they are when they are closed or merged.</summary>
internal sealed class StandingLooks(IReconcileStore store, TimeProvider time)
{
    private const int MostAsked = 20;
    private const int MostRemembered = 10_000;

    /// <summary>A repository with heads from forks is compared in every round; its pull requests need not be asked for as often.</summary>
    private static readonly TimeSpan Often = TimeSpan.FromHours(1);
    private readonly ConcurrentDictionary<(RepositoryKey, long), DateTimeOffset> _asked = new();

    /// <summary>One row for each, those that were not asked about for longest first, as far as the budget goes.</summary>
    /// <param name="hasChanged">The forge says that something happened in the repository: a merge, maybe.</param>
    public async Task<IReadOnlyList<Change>> AskAsync(
        ConnectedForge forge,
        RepositoryKey repository,
        bool hasChanged,
        RequestBudget budget,
        CancellationToken cancellationToken
    )
    {
        if (forge.Forge is not IPullRequests)
            return [];
        var now = time.GetUtcNow();
        var open = (await store.ListPullRequestsAsync(repository, cancellationToken))
            .Where(known => known.Value == PullRequestState.Open)
            .Select(known => (Number: known.Key, At: _asked.GetValueOrDefault((repository, known.Key))))
            .Where(known => hasChanged || (now - known.At).Duration() >= Often)
            .OrderBy(known => known.At)
            .ThenBy(known => known.Number)
            .Take(MostAsked)
            .TakeWhile(_ => budget.TryTake())
            .Select(known => known.Number)
            .ToList();
        if (_asked.Count + open.Count > MostRemembered)
            _asked.Clear();
        foreach (var number in open)
            _asked[(repository, number)] = now;
        return [.. open.Select(number => StandingHandler.At(repository, number, now))];
    }
}
