namespace Bascule.Simulators.Azure.Resources;

/// <summary>What one resource provider has of its own on the common wire.</summary>
/// <param name="Namespace">E.g. <c>Microsoft.ApiManagement</c>.</param>
/// <param name="Type">Of the resource that everything lies below, as its path has it.</param>
/// <param name="ApiVersion">The only one that is taken.</param>
/// <param name="Label">By which each answer says that it is simulated.</param>
/// <param name="Writes">Methods that count as writes: they can be made to fail by their ordinal.</param>
internal sealed record ArmProvider(
    string Namespace,
    string Type,
    string ApiVersion,
    string Label,
    IReadOnlyList<string> Writes
);
