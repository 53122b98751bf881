namespace Bascule.Simulators.Azure.MachineLearning.Assets;

/// <summary>Assets with versions.</summary>
/// <param name="Chain">Segment of their paths.</param>
/// <param name="Word">As messages call one.</param>
/// <param name="Container">Definition of what holds the versions; null when the simulator only reads them.</param>
internal sealed record AssetKind(string Chain, string Word, string? Container, string? Version)
{
    public static AssetKind Codes { get; } = new("codes", "Code", "CodeContainer", "CodeVersion");

    public static AssetKind Models { get; } = new("models", "Model", "ModelContainer", "ModelVersion");

    public static AssetKind Environments { get; } =
        new("environments", "Environment", "EnvironmentContainer", "EnvironmentVersion");

    public static AssetKind Components { get; } =
        new("components", "Component", "ComponentContainer", "ComponentVersion");

    public static AssetKind Data { get; } = new("data", "Data", null, null);

    private static readonly AssetKind[] All = [Codes, Models, Environments, Components, Data];

    /// <summary>Null when nothing is called so.</summary>
    public static AssetKind? Find(string chain) =>
        Array.Find(All, kind => string.Equals(kind.Chain, chain, StringComparison.OrdinalIgnoreCase));
}
