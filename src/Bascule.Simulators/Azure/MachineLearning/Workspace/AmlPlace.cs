using Bascule.Simulators.Azure.Resources;

namespace Bascule.Simulators.Azure.MachineLearning.Workspace;

/// <summary>Where the workspace and its endpoints are.</summary>
/// <param name="resourceManager">Known once all listen.</param>
internal sealed class AmlPlace(
    ArmScope scope,
    AmlSimulatorOptions options,
    Func<Uri> resourceManager,
    Func<Uri> region,
    Func<Uri> blobs
)
{
    public static ArmProvider Provider { get; } =
        new(
            "Microsoft.MachineLearningServices",
            "workspaces",
            "2024-04-01",
            "bascule-azureml",
            ["PUT", "PATCH", "POST", "DELETE"]
        );

    public ArmScope Scope => scope;

    public AmlSimulatorOptions Options => options;

    public Uri ResourceManager => resourceManager();

    public Uri Blobs => blobs();

    public string StorageAccount =>
        $"/subscriptions/{scope.Subscription}/resourceGroups/{scope.ResourceGroup}/providers/Microsoft.Storage/storageAccounts/mlsimulated";

    /// <summary>As a workspace tells it; clients put <c>https</c> for the scheme.</summary>
    public string TrackingUri => $"azureml://{region().Authority}{TrackingPath}";

    public string TrackingPath => $"/mlflow/v1.0{scope.Service}";

    public string HistoryPath => $"/history/v1.0{scope.Service}";

    /// <summary>Of something below the workspace.</summary>
    public string Id(string path) => $"{scope.Service}/{path}";

    /// <summary>What an id names below the workspace, in parts; null when it is no id of this workspace. Names have case, the rest has none.</summary>
    public string[]? Below(string id) =>
        id.StartsWith(scope.Service + "/", StringComparison.OrdinalIgnoreCase)
            ? id[(scope.Service.Length + 1)..].Split('/')
            : null;
}
