using Bascule.Core.Lineage;

namespace Bascule.Core.Api;

/// <summary>What runs where: in each environment the newest run of each repository and workflow that succeeded.</summary>
/// <param name="IsCut">There is more than one answer holds.</param>
public sealed record EnvironmentList(IReadOnlyList<EnvironmentRecord> Environments, bool IsCut);

/// <param name="Deployed">Empty where nothing has succeeded yet.</param>
public sealed record EnvironmentRecord(string Name, IReadOnlyList<DeployedRecord> Deployed);

/// <summary>What one workflow of one repository has in an environment.</summary>
public sealed record DeployedRecord
{
    public required string Run { get; init; }
    public required string Forge { get; init; }
    public required string Repository { get; init; }
    public required string Workflow { get; init; }
    public required string Commit { get; init; }
    public required string Subject { get; init; }

    /// <summary>It ran from there, before its merge; null for a branch or a tag.</summary>
    public long? PullRequest { get; init; }
    public required DateTimeOffset Since { get; init; }

    /// <summary>Null where nobody is known.</summary>
    public BroughtBy? By { get; init; }
    public required IReadOnlyList<string> ApprovedBy { get; init; }

    /// <summary>It went without its approvals.</summary>
    public required bool BrokeGlass { get; init; }
    public required IReadOnlyList<MadeRecord> Made { get; init; }
}

/// <summary>Who brought a commit.</summary>
/// <param name="Name">A pseudonym, for whoever may not see people.</param>
public sealed record BroughtBy(string Name, LineageAssurance Assurance);

/// <param name="Detail">For a model, its version.</param>
public sealed record MadeRecord(string Name, string Detail);
