namespace Bascule.Core.Reconcile;

/// <summary>Per forge: how many ref moves a hook told of, how many were found by comparison, and how late each was seen.</summary>
public interface IGapReport
{
    /// <summary>One for each forge that has a repository or was compared, moves since a moment; ordered by the forge's uid.</summary>
    Task<IReadOnlyList<ForgeGap>> ReadAsync(DateTimeOffset since, CancellationToken cancellationToken);
}

public sealed record ForgeGap
{
    public required string ForgeUid { get; init; }

    /// <summary>Late since the delivery came in.</summary>
    public required SeenMoves ByHook { get; init; }

    /// <summary>Late since the forge's own time of change where it told one, otherwise since the last comparison, which is an upper bound.</summary>
    public required SeenMoves ByReconciler { get; init; }

    /// <summary>Of all of them, those that rewrote history: force pushes, recreated branches, moved tags.</summary>
    public required long Rewritten { get; init; }
    public required long Repositories { get; init; }

    /// <summary>Repositories that no comparison has reached yet.</summary>
    public required long NeverCompared { get; init; }

    /// <summary>The forge would not answer for them when it was last asked.</summary>
    public required long Unanswered { get; init; }

    /// <summary>Repositories with pull requests that no hook told of and that are therefore not handled.</summary>
    public required long WithUnhandledPullRequests { get; init; }

    /// <summary>Found moved and not looked at yet.</summary>
    public required long Waiting { get; init; }

    /// <summary>When the repository that was compared longest ago was compared; null when none was.</summary>
    public DateTimeOffset? OldestComparedAt { get; init; }

    /// <summary>Null before the first round.</summary>
    public ReconcileRound? Round { get; init; }
}

/// <summary>Ref moves that were seen in one way.</summary>
public sealed record SeenMoves
{
    /// <summary>Upper bounds of <see cref="Within"/>, in seconds; more than the last is counted in <see cref="Count"/> alone.</summary>
    public static IReadOnlyList<double> Bounds { get; } = [1, 5, 30, 60, 300, 900, 3600, 21600, 86400];

    public required long Count { get; init; }

    /// <summary>Cumulative, as Prometheus counts: how many were seen within each bound.</summary>
    public required IReadOnlyList<long> Within { get; init; }
    public required TimeSpan TotalLate { get; init; }

    /// <summary>Null when there is none.</summary>
    public TimeSpan? Median { get; init; }
    public TimeSpan? P95 { get; init; }
    public TimeSpan? Longest { get; init; }
}
