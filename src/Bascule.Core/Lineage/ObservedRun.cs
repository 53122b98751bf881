using Bascule.Core.Forges;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Core.Work;

namespace Bascule.Core.Lineage;

/// <summary>
/// A run that Bascule did not start, come across on a platform and tied to a commit by what its tags say. Whoever can write there can write tags: it is
/// observed, never proven (THREATS T134). Its text has been cleaned.
/// </summary>
/// <param name="Id">See <see cref="ForeignRunId"/>.</param>
public sealed record ObservedRun(string Environment, string Id)
{
    /// <summary>The connection's name in the settings.</summary>
    public required string Platform { get; init; }

    public required RepositoryKey Repository { get; init; }
    public required CommitId Commit { get; init; }

    /// <summary>What named the commit: see <see cref="CommitSource"/>.</summary>
    public required string Tag { get; init; }

    public string? Name { get; init; }

    /// <summary>Whose it is, as the platform tells it.</summary>
    public string? By { get; init; }

    /// <summary>In the platform's own word.</summary>
    public string? State { get; init; }

    public DateTimeOffset? StartedAt { get; init; }
    public Uri? Page { get; init; }

    /// <summary>When it was last seen there.</summary>
    public required DateTimeOffset NotedAt { get; init; }

    /// <summary>What it registered.</summary>
    public IReadOnlyList<ModelVersion> Models { get; init; } = [];
}

/// <summary>Stores what was seen of a run, instead of what was seen of it before.</summary>
public sealed record NoteObservedRun(ObservedRun Run) : Change;

/// <summary>Deletes observed runs that were last seen before that time.</summary>
public sealed record ForgetObservedRuns(DateTimeOffset Before, int Limit) : Change;
