using System.Collections.Concurrent;
using Bascule.Core.Forges;
using Bascule.Core.Runs;

namespace Bascule.Testing.Runs;

/// <summary>Runs in memory, in the order they were added.</summary>
public sealed class FakeRunStore : IRunStore
{
    private readonly Lock _gate = new();
    private readonly List<Run> _runs = [];
    private readonly ConcurrentDictionary<RunId, IReadOnlyList<TimelineEntry>> _timelines = new();
    private readonly ConcurrentDictionary<RunId, IReadOnlyList<Metric>> _metrics = new();
    private readonly ConcurrentDictionary<RunId, IReadOnlyList<ModelVersion>> _models = new();
    private readonly ConcurrentDictionary<RunId, string> _logs = new();

    public Run Add(Run run)
    {
        lock (_gate)
            _runs.Add(run);
        return run;
    }

    public Run Replace(Run run)
    {
        lock (_gate)
            _runs[_runs.FindIndex(known => known.Id == run.Id)] = run;
        return run;
    }

    public void SetTimeline(RunId id, params IReadOnlyList<TimelineEntry> entries) => _timelines[id] = entries;

    public void SetMetrics(RunId id, params IReadOnlyList<Metric> metrics) => _metrics[id] = metrics;

    public void SetModels(RunId id, params IReadOnlyList<ModelVersion> models) => _models[id] = models;

    public Task<byte[]?> ReadJournalAsync(RunId id, CancellationToken cancellationToken) =>
        Task.FromResult<byte[]?>(null);

    public void SetLog(RunId id, string log) => _logs[id] = log;

    public Task<Run?> FindAsync(RunId id, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(_runs.Find(run => run.Id == id));
    }

    public Task<Run?> FindByKeyAsync(IdempotencyKey key, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(_runs.Find(run => run.Key == key));
    }

    public Task<IReadOnlyList<Run>> FindByPrefixAsync(string prefix, int limit, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var found = _runs.Where(run => run.Id.Text.StartsWith(prefix, StringComparison.Ordinal));
            return Task.FromResult<IReadOnlyList<Run>>([.. found.Reverse().Take(limit)]);
        }
    }

    public Task<IReadOnlyList<Run>> ListAsync(RunFilter filter, CancellationToken cancellationToken)
    {
        List<Run> all;
        lock (_gate)
            all = [.. Enumerable.Reverse(_runs).Where(run => IsWithin(run, filter))];
        if (filter.Before is { } before)
            all = [.. all.SkipWhile(run => run.Id != before).Skip(1)];
        return Task.FromResult<IReadOnlyList<Run>>([.. all.Where(run => Fits(run, filter)).Take(filter.Limit)]);
    }

    public Task<IReadOnlyList<TimelineEntry>> ReadTimelineAsync(RunId id, CancellationToken cancellationToken) =>
        Task.FromResult(_timelines.GetValueOrDefault(id) ?? []);

    public Task<IReadOnlyList<Metric>> ReadMetricsAsync(RunId id, CancellationToken cancellationToken) =>
        Task.FromResult(_metrics.GetValueOrDefault(id) ?? []);

    public Task<IReadOnlyList<ModelVersion>> ReadModelsAsync(RunId id, CancellationToken cancellationToken) =>
        Task.FromResult(_models.GetValueOrDefault(id) ?? []);

    public Task<string?> ReadLogAsync(RunId id, CancellationToken cancellationToken) =>
        Task.FromResult(_logs.GetValueOrDefault(id));

    public async Task<Run?> FindLastSuccessAsync(
        RepositoryKey repository,
        string workflow,
        RefName branch,
        CancellationToken cancellationToken
    )
    {
        var filter = new RunFilter(repository, Ref: branch, Workflow: workflow, State: RunState.Succeeded, Limit: 1)
        {
            WithoutReproductions = true,
        };
        return await ListAsync(filter, cancellationToken) is [var newest, ..] ? newest : null;
    }

    private static bool IsWithin(Run run, RunFilter filter) =>
        filter.Within is null || filter.Within.Any(reach => reach.Holds(run));

    private static bool Fits(Run run, RunFilter filter) =>
        (filter.Repository is null || run.Repository == filter.Repository)
        && (filter.PullRequest is null || run.PullRequest == filter.PullRequest)
        && (filter.Commit is null || run.Commit == filter.Commit)
        && (filter.Ref is null || run.Ref == filter.Ref)
        && (filter.Workflow is null || run.Workflow == filter.Workflow)
        && (filter.State is null || run.State == filter.State)
        && (filter.Content is null || run.Content == filter.Content)
        && !(filter.WithoutReproductions && run.IsReproduction)
        && (!filter.WithoutPromotions || run.Promotes is null)
        && (!filter.WithoutAskedPromotions || run.Promotes is null || run.IsTrainedOnce);
}
