using Bascule.Core.Forges;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Core.Work;

namespace Bascule.Core.Drift;

/// <summary>What one workflow of one repository deploys to one environment.</summary>
public sealed record DriftPlace(RepositoryKey Repository, string Workflow, string Environment);

/// <summary>What the last look at a place found.</summary>
/// <param name="Run">The run that deployed what was looked for.</param>
/// <param name="Commit">The one that it deployed.</param>
public sealed record DriftStanding(DriftPlace Place, RunId Run, CommitId Commit, DateTimeOffset LookedAt)
{
    /// <summary>How many differences are kept of one look.</summary>
    public const int MostKept = 200;

    /// <summary>When a comparison was last made; null when none ever could be.</summary>
    public DateTimeOffset? ComparedAt { get; init; }

    /// <summary>Why the last look could not compare; null when it could. The differences then are those that were known before.</summary>
    public string? Problem { get; init; }

    /// <summary>The first <see cref="MostKept"/>.</summary>
    public IReadOnlyList<Difference> Differences { get; init; } = [];

    /// <summary>How many differ, those that are not kept included.</summary>
    public int Total { get; init; }

    /// <summary>Since when something differs without a pause, as far as comparisons tell; null when nothing does.</summary>
    public DateTimeOffset? Since { get; init; }
}

/// <summary>Adds or replaces the one standing of the place.</summary>
public sealed record SaveDrift(DriftStanding Standing) : Change;

/// <summary>Nothing happens when there is none.</summary>
public sealed record ForgetDrift(DriftPlace Place) : Change;
