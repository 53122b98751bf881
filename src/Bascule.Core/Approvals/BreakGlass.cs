using Bascule.Core.Runs;
using Bascule.Core.Work;

namespace Bascule.Core.Approvals;

/// <summary>That somebody let a run go without its approvals. It stands for exactly one thing, for an hour, and somebody else has to look at it afterwards.</summary>
/// <param name="Reason">In the person's words.</param>
/// <param name="ExpiresAt">A run that has not been started by then waits for approvals again.</param>
/// <param name="ReviewBy">Until when somebody else has to have looked at it.</param>
public sealed record BreakGlass(
    RunId Run,
    string PersonUid,
    ApprovedThing Thing,
    string Reason,
    DateTimeOffset At,
    DateTimeOffset ExpiresAt,
    DateTimeOffset ReviewBy
)
{
    /// <summary>How long it lets the run be started.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>How long there is for the second person.</summary>
    public static readonly TimeSpan ReviewWithin = TimeSpan.FromHours(24);

    public string? ReviewedBy { get; init; }
    public DateTimeOffset? ReviewedAt { get; init; }

    /// <summary>When the time for the second person was over without one.</summary>
    public DateTimeOffset? FlaggedAt { get; init; }

    public bool LetsGo(ApprovedThing? thing, DateTimeOffset now) => Thing == thing && now < ExpiresAt;
}

/// <summary>Conflict when there is one for the run.</summary>
public sealed record AddBreakGlass(BreakGlass Act) : Change;

/// <summary>Stores who looked at it, or that nobody did; each of the two once. Conflict otherwise.</summary>
public sealed record SaveBreakGlass(BreakGlass Act) : Change;
