using System.Text.Json.Nodes;

namespace Bascule.Connectors.Platforms.ApiManagement.Comparing;

/// <summary>
/// Members of an API that all of its revisions have in common: the service refuses to change them in one that is not current (issue 285 of Azure/apiops, 18093 of
/// terraform-provider-azurerm), so they change with one more write, after the release.
/// </summary>
internal static class SharedMembers
{
    private static readonly IReadOnlyList<string> Names =
    [
        "apiVersion",
        "apiVersionDescription",
        "apiVersionSetId",
        "description",
        "displayName",
        "path",
        "protocols",
        "subscriptionRequired",
        "type",
    ];

    /// <summary>A copy of what is wanted, with these as they are now.</summary>
    public static JsonObject Keep(JsonObject wanted, JsonObject live)
    {
        var copy = (JsonObject)wanted.DeepClone();
        foreach (var name in Names)
            if (live[name] is { } value)
                copy[name] = value.DeepClone();
            else
                copy.Remove(name);
        return copy;
    }
}
