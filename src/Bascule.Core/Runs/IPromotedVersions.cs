namespace Bascule.Core.Runs;

/// <summary>Knows what is promoted of what a workflow trains, so that a new run can be measured by what is in use.</summary>
public interface IPromotedVersions
{
    /// <summary>
    /// The version that is promoted in the run's own environment; where none is, the one promoted last anywhere. Null when nothing that a run of this repository's
    /// workflow produced is promoted.
    /// </summary>
    Task<PromotedVersion?> FindAsync(Run run, CancellationToken cancellationToken);
}

/// <param name="Model">The full name, as the platform calls it.</param>
/// <param name="Alias">The alias or stage that leads to it.</param>
/// <param name="Producer">The run that produced it.</param>
public sealed record PromotedVersion(string Model, string Version, string Alias, string Environment, Run Producer);
