using Bascule.Core.Identity;
using Bascule.Core.Runs;

namespace Bascule.Core.Platforms;

/// <summary>
/// The role of a platform that can tell of runs that Bascule did not start. What it tells is text of whoever has access there: nothing here is checked but
/// that it is short and well-formed (THREATS T134).
/// </summary>
public interface IObservesForeignRuns
{
    /// <summary>Whether the environment names anything to look at.</summary>
    bool Observes(PlatformEnvironment environment);

    /// <summary>The newest runs that name a commit, of everything that the environment names. Reads only.</summary>
    Task<Result<ForeignRuns>> ReadForeignRunsAsync(ForeignLook look, CancellationToken cancellationToken);
}

/// <param name="Budget">How many calls this look may make.</param>
/// <param name="KnownVersionsAsync">The versions of a model by its full name whose origin is known already: they cost no call.</param>
public sealed record ForeignLook(
    string EnvironmentName,
    PlatformEnvironment Environment,
    IRunIdentity Identity,
    int Budget,
    Func<string, CancellationToken, Task<IReadOnlySet<string>>> KnownVersionsAsync
)
{
    /// <summary>Runs of jobs that began earlier are not looked for: Bascule has forgotten its own of that time, and could not tell them from others.</summary>
    public DateTimeOffset Since { get; init; }
}

/// <param name="Warnings">What could not be looked at, and why.</param>
public sealed record ForeignRuns(IReadOnlyList<ForeignRun> Runs, IReadOnlyList<string> Warnings);

/// <summary>A run as the platform tells of it.</summary>
/// <param name="Id">See <see cref="ForeignRunId"/>.</param>
public sealed record ForeignRun(string Id)
{
    /// <summary>Where the run itself may name a commit (<see cref="CommitSource"/>), and what it says there; the best known first.</summary>
    public required IReadOnlyList<(string Tag, string Value)> Commits { get; init; }

    /// <summary>The same of the job's tags: they tell what the job is now, and may have told something else when the run began.</summary>
    public IReadOnlyList<(string Tag, string Value)> JobCommits { get; init; } = [];

    /// <summary>Where the commit is said to come from; null when nothing says so.</summary>
    public string? Origin { get; init; }

    /// <summary>What it says to be Bascule's own run by; null when it does not.</summary>
    public string? Mark { get; init; }

    /// <summary>What the platform calls it as a run that Bascule could have started; null for a run of its tracking alone.</summary>
    public string? PlatformRun { get; init; } = ForeignRunId.JobRun(Id);

    /// <summary>The run that it says to be a step of; null when it says nothing of it.</summary>
    public string? Parent { get; init; }

    public string? Name { get; init; }
    public string? By { get; init; }
    public string? State { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public Uri? Page { get; init; }
    public IReadOnlyList<ModelVersion> Models { get; init; } = [];
}
