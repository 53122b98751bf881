namespace Bascule.Simulators.Azure.ApiManagement;

/// <summary>What is kept of one entity, for comparison.</summary>
/// <param name="Properties">Canonical JSON, names sorted; secrets included, instants left out.</param>
/// <param name="ETag">With its quotes.</param>
public sealed record EntityState(string Properties, string ETag);
