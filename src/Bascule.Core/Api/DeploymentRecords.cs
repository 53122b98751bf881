namespace Bascule.Core.Api;

/// <summary>Where deploy refs point, by environment and repository.</summary>
public sealed record DeploymentList(IReadOnlyList<DeploymentRecord> Deployments);

/// <summary>One deploy ref, and the move that brought it to where it is.</summary>
public sealed record DeploymentRecord
{
    /// <summary>By which it is named in addresses.</summary>
    public required string Id { get; init; }
    public required string Environment { get; init; }
    public required string Forge { get; init; }

    /// <summary>owner/name.</summary>
    public required string Repository { get; init; }
    public required string Ref { get; init; }
    public required string Commit { get; init; }

    /// <summary>The number of the move, from 1.</summary>
    public required long Generation { get; init; }

    /// <summary>The run that moved it; of a rollback the run that takes back what was changed, null where going back is the move alone.</summary>
    public string? Run { get; init; }

    /// <summary>As the audit log names them.</summary>
    public required string By { get; init; }
    public required DateTimeOffset MovedAt { get; init; }
    public string? RolledBackBecause { get; init; }
}
