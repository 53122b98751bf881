using Bascule.Core.Work;

namespace Bascule.Core.Reconcile;

/// <summary>How far the comparison of one forge with what Bascule has seen is; kept, so that any replica goes on where another one stopped.</summary>
public sealed record ReconcileRound(string ForgeUid)
{
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the last whole round ended; null before the first.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The page of the forge's listing to be read next, from 1; 0 when it has been read.</summary>
    public int NextPage { get; init; }

    /// <summary>Since when each repository is asked once more, whatever the listing says.</summary>
    public DateTimeOffset? SweepStartedAt { get; init; }

    /// <summary>When the last full sweep ended; null before the first.</summary>
    public DateTimeOffset? SweepEndedAt { get; init; }

    /// <summary>Asked of the forge since the beginning.</summary>
    public long Requests { get; init; }

    public bool IsRunning => StartedAt is { } started && !(EndedAt >= started);
}

public sealed record SaveReconcileRound(ReconcileRound Round) : Change;

/// <summary>What a comparison of one repository found.</summary>
public sealed record RepositoryComparison(Forges.RepositoryKey Repository)
{
    /// <summary>When the forge was last asked, whatever it answered.</summary>
    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>When the forge last answered; null while it never has.</summary>
    public DateTimeOffset? ComparedAt { get; init; }

    /// <summary>The listing's time of the repository when it was compared.</summary>
    public DateTimeOffset? Hint { get; init; }

    /// <summary>
    /// Compared at least twice under the same hint. Forges tell whole seconds, and the listing is older than the comparison: one look after the hint
    /// stood still finds what fell between.
    /// </summary>
    public bool Settled { get; init; }

    /// <summary>The highest pull request there was at the first comparison: older ones are history and nothing to report.</summary>
    public long PullRequestsBefore { get; init; }

    /// <summary>Pull requests that no hook told of and whose base only a hook can tell, as text; null for none.</summary>
    public string? Unhandled { get; init; }

    /// <summary>Why the forge would not answer; null when it did.</summary>
    public string? Problem { get; init; }
}

public sealed record SaveComparison(RepositoryComparison Comparison) : Change;
