using Bascule.Core.Content;

namespace Bascule.Core.Platforms;

/// <summary>The role of a platform that can tell what was changed there by somebody else than Bascule.</summary>
public interface IFindsDrift
{
    /// <summary>
    /// Compares what the last deployment brought with what is there now. Reads only; in the order of what it names, and empty when all is as it was deployed.
    /// What is deployed meanwhile would be taken for drift: who asks sees to it that nothing is.
    /// </summary>
    Task<Result<IReadOnlyList<Difference>>> CompareAsync(DriftRequest request, CancellationToken cancellationToken);
}

/// <param name="Tree">Of the commit that was deployed last.</param>
/// <param name="Deployed">The plan that brought it.</param>
/// <param name="Access">By whom the platform is asked what it holds.</param>
public sealed record DriftRequest(
    PlatformTask Task,
    string EnvironmentName,
    PlatformEnvironment Environment,
    IContentTree Tree,
    string? Deployed,
    PlanAccess Access
)
{
    /// <summary>What others brought to platforms of the kind is theirs, and no drift.</summary>
    public IReadOnlyList<OtherDeployment> Others { get; init; } = [];
}

/// <summary>One thing on a platform that is not as it was deployed.</summary>
/// <param name="What">As the platform calls it, e.g. <c>namedValues/region</c>.</param>
/// <param name="Fields">What of it differs, where it was changed; never the values.</param>
public sealed record Difference(string What, DifferenceKind How, IReadOnlyList<string> Fields);

public enum DifferenceKind
{
    /// <summary>It is there, and not as it was deployed.</summary>
    Changed,

    /// <summary>It is there beside what was deployed, and no deployment brought it.</summary>
    Added,

    /// <summary>It was deployed, and is gone.</summary>
    Removed,
}

/// <summary>What somebody else last deployed to a platform of the same kind.</summary>
/// <param name="Repository">owner/name, with its forge before a colon.</param>
/// <param name="Plan">Of the run that last succeeded.</param>
public sealed record OtherDeployment(string Repository, string Workflow, string Environment, string Plan);
