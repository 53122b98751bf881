using Bascule.Simulators.Azure.Resources;

namespace Bascule.Simulators.Azure.ApiManagement.Service;

/// <summary>Ids in bodies: of this service in full, or short with a leading slash.</summary>
internal static class Ids
{
    /// <summary>The path below the service; null for anything else.</summary>
    public static string? Path(ArmScope scope, string? id)
    {
        if (id?.StartsWith(scope.Service + "/", StringComparison.OrdinalIgnoreCase) == true)
            return id[(scope.Service.Length + 1)..];
        return id?.StartsWith('/') == true && !id.StartsWith("/subscriptions/", StringComparison.OrdinalIgnoreCase)
            ? id[1..]
            : null;
    }
}
