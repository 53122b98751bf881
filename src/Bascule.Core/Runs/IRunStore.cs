using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Core.Work;

namespace Bascule.Core.Runs;

/// <summary>Adds a run; a run with the same idempotency key stays the only one (nothing is added then).</summary>
public sealed record AddRun(Run Run) : Change;

/// <summary>Stores a run's new state. Conflict unless the stored revision is still <c>Run.Revision</c>; the stored one is raised.</summary>
public sealed record SaveRun(Run Run) : Change;

public sealed record AddTimeline(RunId Run, TimelineEntry Entry) : Change;

/// <param name="Log">The tail, at most 64 KiB of UTF-8.</param>
public sealed record SaveLog(RunId Run, string Log) : Change;

/// <summary>Replaces what its platform wrote down of the run; nothing happens when there is no such run.</summary>
/// <param name="Sealed">Under the master key.</param>
public sealed record SaveRunJournal(RunId Run, byte[] Sealed) : Change;

/// <summary>Replaces a run's metrics and model versions.</summary>
public sealed record SaveResults(RunId Run, IReadOnlyList<Metric> Metrics, IReadOnlyList<ModelVersion> Models) : Change;

/// <summary>Raises the request to cancel; the run's own steps see it. Nothing happens when the run is final.</summary>
public sealed record RequestCancel(RunId Run) : Change;

public interface IRunStore
{
    Task<Run?> FindAsync(RunId id, CancellationToken cancellationToken);

    /// <summary>The one run with this key: how to learn which run an <see cref="AddRun"/> stood for.</summary>
    Task<Run?> FindByKeyAsync(IdempotencyKey key, CancellationToken cancellationToken);

    /// <summary>Runs whose id begins so, newest first.</summary>
    Task<IReadOnlyList<Run>> FindByPrefixAsync(string prefix, int limit, CancellationToken cancellationToken);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<Run>> ListAsync(RunFilter filter, CancellationToken cancellationToken);

    Task<IReadOnlyList<TimelineEntry>> ReadTimelineAsync(RunId id, CancellationToken cancellationToken);

    Task<IReadOnlyList<Metric>> ReadMetricsAsync(RunId id, CancellationToken cancellationToken);

    Task<IReadOnlyList<ModelVersion>> ReadModelsAsync(RunId id, CancellationToken cancellationToken);

    Task<string?> ReadLogAsync(RunId id, CancellationToken cancellationToken);

    /// <summary>As it was sealed; null when nothing was written down.</summary>
    Task<byte[]?> ReadJournalAsync(RunId id, CancellationToken cancellationToken);

    /// <summary>The newest succeeded run of the workflow on that branch, reproductions left out: what a pull request is compared with.</summary>
    Task<Run?> FindLastSuccessAsync(
        RepositoryKey repository,
        string workflow,
        RefName branch,
        CancellationToken cancellationToken
    );
}

/// <summary>Null fields do not narrow.</summary>
/// <param name="Before">Only runs created before this one: the next page.</param>
public sealed record RunFilter(
    RepositoryKey? Repository = null,
    long? PullRequest = null,
    CommitId? Commit = null,
    RefName? Ref = null,
    string? Workflow = null,
    RunState? State = null,
    RunId? Before = null,
    int Limit = 50
)
{
    /// <summary>Leaves out reproductions: they say nothing of their commit.</summary>
    public bool WithoutReproductions { get; init; }

    /// <summary>Only runs within one of these; null for all.</summary>
    public IReadOnlyList<RunReach>? Within { get; init; }

    public ContentId? Content { get; init; }

    /// <summary>Without those that promote a model version.</summary>
    public bool WithoutPromotions { get; init; }

    /// <summary>Without those by which somebody promotes a model version: what they end with says nothing of a commit. A merge that promotes stays.</summary>
    public bool WithoutAskedPromotions { get; init; }
}

/// <summary>Some of all runs. Null does not narrow; an empty list holds none.</summary>
/// <param name="Environments">By name; a run without an environment is in none.</param>
public sealed record RunReach(IReadOnlyList<RepositoryKey>? Repositories, IReadOnlyList<string>? Environments)
{
    public bool Holds(RepositoryKey repository) => Repositories is null || Repositories.Contains(repository);

    public bool Holds(Run run) =>
        Holds(run.Repository)
        && (Environments is null || (run.Environment is { } environment && Environments.Contains(environment)));
}
