using Bascule.Connectors.ResourceManager;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.AzureML.Service;

/// <summary>
/// Where a workspace keeps MLflow runs: its <c>mlFlowTrackingUri</c> with https in place of azureml. That the REST API is below it, and that it takes a
/// token of Resource Manager, is how Microsoft's plug-in behaves; no description says it, and no live workspace confirmed it.
/// </summary>
internal static class TrackingPlace
{
    private const string Scheme = "azureml://";

    /// <summary>Without a slash at its end.</summary>
    public static Result<Uri> Of(ArmResource workspace, string subject)
    {
        var said = JsonText.Of(workspace.Properties["mlFlowTrackingUri"]);
        return
            said?.StartsWith(Scheme, StringComparison.Ordinal) == true
            && Uri.TryCreate($"https://{said[Scheme.Length..].TrimEnd('/')}", UriKind.Absolute, out var place)
            && place.Query.Length == 0
            && place.Fragment.Length == 0
            ? place
            : Problem.Invalid($"{subject}: the workspace does not say where it keeps MLflow runs, so nothing is read");
    }
}
