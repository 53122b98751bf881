using Bascule.Connectors.Platforms.ApiManagement.Resources;

namespace Bascule.Connectors.Platforms.ApiManagement.Live;

/// <summary>What of a service is to be looked at closely: what lies below these APIs, products and fragments.</summary>
internal sealed record LiveScope(
    IReadOnlyList<ApimAddress> Apis,
    IReadOnlyList<ApimAddress> Products,
    IReadOnlyList<ApimAddress> Fragments
)
{
    /// <summary>What these addresses are, or lie below.</summary>
    public static LiveScope Of(IEnumerable<ApimAddress> addresses)
    {
        var tops = addresses.Select(address => address.Chain().First()).Distinct().ToList();
        return new LiveScope(Kind(ApimKind.Api), Kind(ApimKind.Product), Kind(ApimKind.PolicyFragment));
        IReadOnlyList<ApimAddress> Kind(ApimKind kind) => [.. tops.Where(top => top.Kind == kind)];
    }
}
