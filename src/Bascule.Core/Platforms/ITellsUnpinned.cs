namespace Bascule.Core.Platforms;

/// <summary>
/// The role of a platform on which a run can be done over by its plan: it says what such a plan leaves open. A platform that deploys does not have it.
/// </summary>
public interface ITellsUnpinned
{
    /// <summary>Reads a plan that <see cref="IPlatform.PlanAsync"/> made, and calls nobody. Invalid when it is no plan of this kind.</summary>
    Result<PlanPins> ReadPins(string plan);
}

/// <param name="Unpinned">What may be another next time although the plan is the same, a line each, for people.</param>
/// <param name="Model">Of which the run registers a version; null for none.</param>
public sealed record PlanPins(IReadOnlyList<string> Unpinned, string? Model);
