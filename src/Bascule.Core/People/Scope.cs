namespace Bascule.Core.People;

/// <summary>What an act is about. Nothing in particular is the whole installation, which a role limited to some of it does not reach.</summary>
public sealed record Scope
{
    public static Scope Installation { get; } = new();

    /// <summary>By name; null for what belongs to none, as a delivery or a plan without one.</summary>
    public string? Environment { get; init; }

    /// <summary>The forge's name in the settings; null together with <see cref="Repository"/>.</summary>
    public string? Forge { get; init; }

    /// <summary>owner/name, as the forge calls it now.</summary>
    public string? Repository { get; init; }

    /// <summary>A run that was caused by whoever acts, through a forge account that they have linked.</summary>
    public bool IsOwn { get; init; }

    /// <summary>A run that did what it should.</summary>
    public bool HasSucceeded { get; init; }
}
