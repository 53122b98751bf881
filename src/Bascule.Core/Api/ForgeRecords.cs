namespace Bascule.Core.Api;

public sealed record ForgeList(IReadOnlyList<ForgeRecord> Forges);

/// <summary>One forge of the settings: how what happens there is seen, and how late.</summary>
public sealed record ForgeRecord
{
    public required string Name { get; init; }
    public required string Kind { get; init; }
    public required string Url { get; init; }

    /// <summary>What the counts of moves look back on.</summary>
    public required long WindowHours { get; init; }

    /// <summary>Late since the delivery came in.</summary>
    public required SeenRecord ByHook { get; init; }

    /// <summary>Late since the forge's time of change where it is known, otherwise since the last comparison: an upper bound.</summary>
    public required SeenRecord ByReconciler { get; init; }
    public required long Rewritten { get; init; }
    public required long Repositories { get; init; }
    public required long NeverCompared { get; init; }
    public required long Unanswered { get; init; }
    public required long WithUnhandledPullRequests { get; init; }

    /// <summary>Refs found moved and not looked at yet.</summary>
    public required long Waiting { get; init; }

    /// <summary>Requests that comparison has sent to the forge since the beginning.</summary>
    public required long Requests { get; init; }
    public DateTimeOffset? LastRoundAt { get; init; }
    public DateTimeOffset? SweepEndedAt { get; init; }
    public DateTimeOffset? OldestComparedAt { get; init; }

    /// <summary>Within it every repository is asked once: the settings' bound, or more where the budget does not suffice.</summary>
    public required double SweepPromiseHours { get; init; }
}

public sealed record SeenRecord(long Count, double? MedianSeconds, double? P95Seconds, double? LongestSeconds);
