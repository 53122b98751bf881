namespace Bascule.Simulators.Azure.Resources;

/// <summary>What an act takes.</summary>
/// <param name="Role">Everything of it is needed.</param>
/// <param name="Action">Its name below the provider, as a refusal tells it.</param>
internal sealed record ArmRight(ArmRole Role, string Action);
