using Bascule.Core.Platforms;

namespace Bascule.Core.Api;

/// <summary>What is not as it was deployed, by environment, repository and workflow.</summary>
public sealed record DriftList(IReadOnlyList<DriftRecord> Drift);

/// <summary>What one workflow deployed to one environment, beside what is there now.</summary>
public sealed record DriftRecord
{
    public required string Environment { get; init; }
    public required string Forge { get; init; }

    /// <summary>owner/name.</summary>
    public required string Repository { get; init; }
    public required string Workflow { get; init; }

    /// <summary>The run that deployed last, and what it deployed.</summary>
    public required string Run { get; init; }
    public required string Commit { get; init; }
    public required DriftState State { get; init; }

    /// <summary>When the last comparison was made; null when there was none.</summary>
    public DateTimeOffset? ComparedAt { get; init; }

    /// <summary>Why it is not known; null when it is.</summary>
    public string? Problem { get; init; }

    /// <summary>Since when something differs; null when nothing does.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>How many differ, those that are not listed included.</summary>
    public required int Total { get; init; }

    /// <summary>By the last comparison that could be made; at most 200.</summary>
    public required IReadOnlyList<DifferenceRecord> Differences { get; init; }
}

public enum DriftState
{
    /// <summary>Everything is as it was deployed.</summary>
    None,

    /// <summary>Something was changed by somebody else than Bascule.</summary>
    Found,

    /// <summary>Nobody knows: the comparison could not be made, or was not made yet.</summary>
    Unknown,
}

/// <param name="What">As the platform calls it.</param>
/// <param name="Fields">What of it differs, where it was changed.</param>
public sealed record DifferenceRecord(string What, DifferenceKind How, IReadOnlyList<string> Fields);
