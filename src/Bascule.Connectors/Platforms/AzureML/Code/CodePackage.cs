namespace Bascule.Connectors.Platforms.AzureML.Code;

/// <summary>A folder of the tree, and the version that it becomes.</summary>
internal sealed record CodePackage(CodeVersion Version, SendableCode Code);
