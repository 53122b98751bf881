namespace Bascule.Core.Reconcile;

/// <summary>How often a forge is compared with what Bascule has seen, and what that may cost it.</summary>
public sealed record ReconcileSettings
{
    /// <summary>Requests that a comparison may send to the forge, on average; twice as many at once.</summary>
    public int RequestsPerSecond { get; init; } = 5;

    /// <summary>From the beginning of one round to the beginning of the next.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Within it every repository is asked, whatever the forge's listing says.</summary>
    public TimeSpan SweepWithin { get; init; } = TimeSpan.FromHours(24);
}
