using Bascule.Connectors.Platforms.ApiManagement.Source;

namespace Bascule.Connectors.Platforms.ApiManagement.Gate;

/// <summary>What the gate found.</summary>
public sealed record ApimReport
{
    /// <summary>Of the reader and of the rules, by path and line.</summary>
    public required IReadOnlyList<ApimFinding> Findings { get; init; }

    /// <summary>Files that belong to a resource.</summary>
    public required int Files { get; init; }

    public required int Resources { get; init; }

    public int Errors => Findings.Count(finding => finding.Severity is ApimSeverity.Error);

    public int Warnings => Findings.Count(finding => finding.Severity is ApimSeverity.Warning);

    /// <summary>Whether nothing stands in the way.</summary>
    public bool IsPassed => Errors == 0;
}
