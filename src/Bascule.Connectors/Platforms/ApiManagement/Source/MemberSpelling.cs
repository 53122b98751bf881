using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.ApiManagement.Resources;

namespace Bascule.Connectors.Platforms.ApiManagement.Source;

/// <summary>
/// Members that are looked at here are written as the service's description has them. The service may read names without regard to case; a second spelling would then count there and go
/// unseen here.
/// </summary>
internal static class MemberSpelling
{
    private static readonly string[] Known =
    [
        "apiRevision",
        "apiVersionSetId",
        "connectionString",
        "credentials",
        "displayName",
        "id",
        "keyVault",
        "loggerId",
        "pool",
        "proxy",
        "secret",
        "services",
        "value",
    ];

    public static void Judge(IEnumerable<ApimResource> resources, ApimFindings findings)
    {
        foreach (var resource in resources)
        foreach (var name in FaultsIn(resource.Properties).Distinct())
            findings.Error(
                resource.File,
                1,
                ApimRule.Json,
                $"has the member {ApimFindings.Quote(name)}, which the service may take for another one that differs in case alone; write it as the service's description does, and once"
            );
    }

    private static IEnumerable<string> FaultsIn(JsonNode? node) =>
        node switch
        {
            JsonObject map => FaultsOf(map).Concat(map.SelectMany(member => FaultsIn(member.Value))),
            JsonArray list => list.SelectMany(FaultsIn),
            _ => [],
        };

    private static IEnumerable<string> FaultsOf(JsonObject map)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, _) in map)
            if (
                !seen.Add(name)
                || Known.Any(known => known != name && string.Equals(known, name, StringComparison.OrdinalIgnoreCase))
            )
                yield return name;
    }
}
