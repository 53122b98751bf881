using Bascule.Connectors.Platforms.ApiManagement.Resources;

namespace Bascule.Connectors.Platforms.ApiManagement.Gate.Policies;

/// <summary>Whose requests a policy is for.</summary>
internal enum PolicyLevel
{
    Service,
    Product,
    Api,
    Operation,

    /// <summary>What it is for shows where it is included.</summary>
    Fragment,
}

internal static class PolicyLevels
{
    /// <summary>Null for what carries no policy.</summary>
    public static PolicyLevel? Of(ApimKind kind) =>
        kind == ApimKind.Policy ? PolicyLevel.Service
        : kind == ApimKind.ProductPolicy ? PolicyLevel.Product
        : kind == ApimKind.ApiPolicy ? PolicyLevel.Api
        : kind == ApimKind.OperationPolicy ? PolicyLevel.Operation
        : kind == ApimKind.PolicyFragment ? PolicyLevel.Fragment
        : null;
}
