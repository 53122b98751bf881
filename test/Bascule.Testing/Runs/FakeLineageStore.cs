using Bascule.Core.Approvals;
using Bascule.Core.Forges;
using Bascule.Core.Lineage;
using Bascule.Core.Pushes;
using Bascule.Core.Runs;

namespace Bascule.Testing.Runs;

/// <summary>Lineage of runs in memory, and of what a test adds to it. The stores on databases have the conformance suite; this one answers pages.</summary>
public sealed class FakeLineageStore(FakeRunStore store) : ILineageStore
{
    public IList<ObservedRun> Observed { get; } = [];
    public IList<Approval> Approvals { get; } = [];
    public IList<PushedRef> Pushes { get; } = [];
    public IList<PullRequest> PullRequests { get; } = [];
    public IList<KnownPerson> People { get; } = [];

    public async Task<IReadOnlyList<CommitId>> FindCommitsAsync(
        string prefix,
        IReadOnlyList<RunReach>? within,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var ofRuns = (await AllAsync(within)).Select(run => run.Commit);
        var all = ofRuns.Concat(Seen(within).Select(run => run.Commit)).Distinct();
        return
        [
            .. all.Where(commit => commit.ToString().StartsWith(prefix, StringComparison.Ordinal))
                .OrderBy(commit => commit.ToString(), StringComparer.Ordinal)
                .Take(limit),
        ];
    }

    public async Task<Counted<Run>> ReadRunsAsync(
        CommitId commit,
        IReadOnlyList<RunReach>? within,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var all = (await AllAsync(within)).Where(run => run.Commit == commit).ToList();
        return new Counted<Run>([.. all.Take(limit)], all.Count);
    }

    public Task<Counted<ObservedRun>> ReadObservedAsync(
        CommitId commit,
        IReadOnlyList<RunReach>? within,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var all = Seen(within).Where(run => run.Commit == commit).ToList();
        return Task.FromResult(new Counted<ObservedRun>([.. all.Take(limit)], all.Count));
    }

    public Task<IReadOnlyList<ObservedRun>> FindObservedAsync(
        string environment,
        IReadOnlyCollection<string> ids,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult<IReadOnlyList<ObservedRun>>([
            .. Observed.Where(run => run.Environment == environment && ids.Contains(run.Id)),
        ]);

    public Task<IReadOnlyList<UnfoundedRun>> FindUnfoundedAsync(
        string environment,
        IReadOnlyCollection<string> ids,
        CancellationToken cancellationToken
    ) => Task.FromResult<IReadOnlyList<UnfoundedRun>>([]);

    public Task<IReadOnlyDictionary<string, long>> CountUnfoundedAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, long>>(new Dictionary<string, long>());

    public async Task<IReadOnlySet<string>> FindOwnAsync(
        IReadOnlyCollection<string> environments,
        IReadOnlyCollection<string> platformRuns,
        IReadOnlyCollection<CommitId> commits,
        CancellationToken cancellationToken
    ) =>
        (await AllAsync(null))
            .Where(run => commits.Contains(run.Commit) && environments.Contains(run.Environment ?? ""))
            .Select(run => run.PlatformRunId)
            .OfType<string>()
            .Where(platformRuns.Contains)
            .ToHashSet();

    public Task<IReadOnlyList<RefUpdate>> ReadUpdatesAsync(
        CommitId commit,
        IReadOnlyList<RunReach>? within,
        int limit,
        CancellationToken cancellationToken
    ) => Task.FromResult<IReadOnlyList<RefUpdate>>([]);

    public async Task<IReadOnlyList<ModelVersion>> FindVersionsAsync(
        ModelReference model,
        IReadOnlyList<RunReach>? within,
        int limit,
        CancellationToken cancellationToken
    )
    {
        List<ModelVersion> all = [.. Seen(within).SelectMany(run => run.Models)];
        foreach (var run in await AllAsync(within))
            all.AddRange(await store.ReadModelsAsync(run.Id, cancellationToken));
        return
        [
            .. all.Select(found => found with { Page = null })
                .Distinct()
                .Where(found => model.Version is null || found.Version == model.Version)
                .Where(found =>
                    found.Name == model.Name || found.Name.EndsWith("." + model.Name, StringComparison.Ordinal)
                )
                .Take(limit),
        ];
    }

    public async Task<IReadOnlyList<Run>> ReadMakersAsync(
        ModelVersion version,
        IReadOnlyList<RunReach>? within,
        int limit,
        CancellationToken cancellationToken
    )
    {
        List<Run> makers = [];
        foreach (var run in await AllAsync(within))
            if ((await store.ReadModelsAsync(run.Id, cancellationToken)).Any(model => IsSame(model, version)))
                makers.Add(run);
        return [.. makers.Take(limit)];
    }

    public Task<IReadOnlyList<ObservedRun>> ReadObservedMakersAsync(
        ModelVersion version,
        IReadOnlyList<RunReach>? within,
        int limit,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult<IReadOnlyList<ObservedRun>>([
            .. Seen(within).Where(run => run.Models.Any(model => IsSame(model, version))).Take(limit),
        ]);

    public async Task<RunFacts> ReadFactsAsync(IReadOnlyList<Run> runs, CancellationToken cancellationToken)
    {
        List<(RunId, ModelVersion)> models = [];
        foreach (var run in runs)
            models.AddRange((await store.ReadModelsAsync(run.Id, cancellationToken)).Select(model => (run.Id, model)));
        return RunFacts.None with { Models = models, Approvals = [.. Approvals], PullRequests = [.. PullRequests] };
    }

    public Task<IReadOnlyList<PushedRef>> ReadPushesAsync(
        IReadOnlyCollection<CommitId> commits,
        CancellationToken cancellationToken
    ) => Task.FromResult<IReadOnlyList<PushedRef>>([.. Pushes.Where(push => commits.Contains(push.Head))]);

    public Task<IReadOnlyList<KnownPerson>> ReadPeopleAsync(
        IReadOnlyCollection<string> uids,
        IReadOnlyCollection<ForgeAccountKey> accounts,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult<IReadOnlyList<KnownPerson>>([
            .. People.Where(person =>
                uids.Contains(person.Uid) || person.Accounts.Any(account => accounts.Contains(account.Key))
            ),
        ]);

    public async Task<IReadOnlyList<Run>> ListDeployedAsync(
        IReadOnlyList<RunReach>? within,
        int limit,
        CancellationToken cancellationToken
    ) =>
        [
            .. (await AllAsync(within))
                .Where(run => run is { State: RunState.Succeeded, Environment: not null })
                .DistinctBy(run => (run.Environment, run.Repository, run.Workflow))
                .OrderBy(run => run.Environment, StringComparer.Ordinal)
                .ThenBy(run => run.RepositoryName, StringComparer.Ordinal)
                .ThenBy(run => run.Workflow, StringComparer.Ordinal)
                .Take(limit),
        ];

    private Task<IReadOnlyList<Run>> AllAsync(IReadOnlyList<RunReach>? within) =>
        store.ListAsync(new RunFilter(Limit: int.MaxValue) { Within = within }, default);

    private IEnumerable<ObservedRun> Seen(IReadOnlyList<RunReach>? within) =>
        Observed.Where(run =>
            within is null
            || within.Any(reach =>
                reach.Holds(run.Repository)
                && (reach.Environments is null || reach.Environments.Contains(run.Environment))
            )
        );

    private static bool IsSame(ModelVersion one, ModelVersion other) =>
        one.Name == other.Name && one.Version == other.Version;
}
