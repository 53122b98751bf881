using Bascule.Core.Deliveries;
using Bascule.Core.Forges;
using Bascule.Core.Reconcile;

namespace Bascule.Server.Events;

/// <summary>Why a ref is looked at: what that says about whoever moved it, and since when it may have moved.</summary>
internal sealed record LookCause(ForgeAccount? By, string? Delivery, DateTimeOffset? Since, LateSince Kind)
{
    /// <summary>Connecting found it where it is: nobody knows since when.</summary>
    public static LookCause Connecting { get; } = new(null, null, null, LateSince.LastComparison);

    public static LookCause Hook(Delivery delivery, ForgeAccount? by) =>
        new(by, delivery.Uid, delivery.ReceivedAt, LateSince.Delivery);

    public static LookCause Comparison(MissedRef missed) => new(null, null, missed.Since, missed.Kind);

    public Lateness? LateAt(DateTimeOffset seen) =>
        Since is { } since ? new Lateness(seen > since ? seen - since : TimeSpan.Zero, Kind) : null;
}
