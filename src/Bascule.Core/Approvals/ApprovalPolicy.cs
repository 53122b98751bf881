using Bascule.Core.People;

namespace Bascule.Core.Approvals;

/// <summary>What an environment's settings ask for before anything runs there: <c>environments.&lt;name&gt;.approvals</c>.</summary>
/// <param name="Required">How many people, at least 1.</param>
/// <param name="From">Who may approve; at least one.</param>
public sealed record ApprovalPolicy(int Required, IReadOnlyList<Selector> From)
{
    public static readonly TimeSpan DefaultWithin = TimeSpan.FromHours(72);
    public static readonly TimeSpan DefaultFresh = TimeSpan.FromMinutes(10);

    /// <summary>How long an approval counts, and how long a run waits for the last one.</summary>
    public TimeSpan Within { get; init; } = DefaultWithin;

    /// <summary>When approvals may be given; null for always.</summary>
    public ApprovalWindow? Window { get; init; }

    /// <summary>How old the sign-in of whoever approves may be.</summary>
    public TimeSpan Fresh { get; init; } = DefaultFresh;

    /// <summary>Whether an official review at the forge counts. Whoever controls the forge then controls the approval (THREATS T144).</summary>
    public bool ForgeReviews { get; init; }

    /// <summary>Whether somebody may start a run without its approvals, loudly (THREATS T108).</summary>
    public bool BreakGlass { get; init; }
}
