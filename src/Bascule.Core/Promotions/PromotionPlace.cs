namespace Bascule.Core.Promotions;

/// <summary>What is promoted: an alias or a stage of a model, in one environment. It leads to one version at a time.</summary>
/// <param name="Model">The full name, as the platform calls it.</param>
/// <param name="Alias">The alias or stage, e.g. <c>production</c>.</param>
public readonly record struct PromotionPlace(string Environment, string Model, string Alias)
{
    public override string ToString() => $"{Alias} of {Model} in {Environment}";
}
