using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.ApiManagement.Resources;
using Bascule.Simulators.Azure.ApiManagement;

namespace Bascule.Connectors.Tests.Platforms.ApiManagement;

/// <summary>A service with a little of everything, and a commit that changes a little of everything.</summary>
internal static class Shop
{
    public const string Allowing =
        "<policies><inbound><base /><set-header name=\"x\" exists-action=\"override\"><value>{{region}}</value></set-header></inbound><backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>";

    private const string Plain =
        "<policies><inbound><base /></inbound><backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>";

    public static readonly ApimAddress Petstore = ApimAddress.Of(ApimKind.Api, "petstore");
    public static readonly ApimAddress Orders = ApimAddress.Of(ApimKind.Api, "orders");
    public static readonly ApimAddress Old = ApimAddress.Of(ApimKind.Api, "old");
    public static readonly ApimAddress Region = ApimAddress.Of(ApimKind.NamedValue, "region");
    public static readonly ApimAddress Pets = ApimAddress.Of(ApimKind.Backend, "pets");
    public static readonly ApimAddress Starter = ApimAddress.Of(ApimKind.Product, "starter");
    public static readonly ApimAddress Gone = ApimAddress.Of(ApimKind.PolicyFragment, "gone");

    /// <summary>What an earlier deployment brought, and this commit has not.</summary>
    public static IReadOnlyList<ApimAddress> Deployed => [Petstore, Old, Gone, Region, Pets, Starter];

    /// <summary>By hand, as it was before there was Bascule.</summary>
    public static void Furnish(ApimPortal portal)
    {
        Put(portal, Region, new JsonObject { ["displayName"] = "region", ["value"] = "north" });
        Put(portal, Pets, new JsonObject { ["url"] = "https://pets.example.com", ["protocol"] = "http" });
        Put(portal, Gone, new JsonObject { ["format"] = "rawxml", ["value"] = "<fragment><base /></fragment>" });
        foreach (var (api, path) in new[] { (Petstore, "pets"), (Old, "old") })
        {
            var information = Information(api.Name, path);
            information["format"] = "openapi+json";
            information["value"] = Document("get");
            Put(portal, api, information);
            Put(portal, api.Below(ApimKind.ApiPolicy, ApimAddress.PolicyName), Policy(Plain));
        }
        Put(
            portal,
            Petstore.Below(ApimKind.Operation, "get-things").Below(ApimKind.OperationPolicy, ApimAddress.PolicyName),
            Policy(Plain)
        );
        Put(portal, Starter, new JsonObject { ["displayName"] = "Starter", ["state"] = "notPublished" });
        portal.Put(Starter.Below(ApimKind.ProductApi, "petstore").Path, "");
    }

    /// <summary>The commit.</summary>
    public static IReadOnlyList<ApimResource> Wanted() =>
        [
            Resource(Region, new JsonObject { ["displayName"] = "region", ["value"] = "south" }),
            Resource(Pets, new JsonObject { ["url"] = "https://pets2.example.com", ["protocol"] = "http" }),
            Resource(
                ApimAddress.Of(ApimKind.PolicyFragment, "common"),
                new JsonObject { ["format"] = "rawxml", ["value"] = "<fragment><base /></fragment>" }
            ),
            Resource(ApimAddress.Of(ApimKind.Policy, ApimAddress.PolicyName), Policy(ServicePolicy)),
            Resource(Petstore, Information("petstore", "animals")) with
            {
                Specification = Specification("get", "post"),
            },
            Resource(Petstore.Below(ApimKind.ApiPolicy, ApimAddress.PolicyName), Policy(Allowing)),
            Resource(Orders, Information("orders", "orders")) with
            {
                Specification = Specification("get"),
            },
            Resource(Orders.Below(ApimKind.ApiPolicy, ApimAddress.PolicyName), Policy(Allowing)),
            Resource(Starter, new JsonObject { ["displayName"] = "Starter", ["state"] = "published" }),
            Resource(Starter.Below(ApimKind.ProductApi, "petstore"), []),
            Resource(Starter.Below(ApimKind.ProductApi, "orders"), []),
        ];

    public static ApimResource Resource(ApimAddress address, JsonObject properties) =>
        new(address, properties, $"{address.Path}.json");

    public static JsonObject Policy(string xml) => new() { ["format"] = "rawxml", ["value"] = xml };

    public static JsonObject Information(string name, string path) =>
        new()
        {
            ["displayName"] = name,
            ["path"] = path,
            ["protocols"] = new JsonArray("https"),
            ["serviceUrl"] = "https://pets.example.com",
        };

    public static ApiSpecification Specification(params string[] verbs) =>
        new(
            "openapi+json",
            Document(verbs),
            "specification.json",
            [.. verbs.Select(verb => new SpecifiedOperation($"{verb}-things", verb.ToUpperInvariant(), "/things"))]
        );

    private const string ServicePolicy =
        "<policies><inbound /><backend><forward-request /></backend><outbound /><on-error /></policies>";

    private static string Document(params string[] verbs)
    {
        var operations = new JsonObject();
        foreach (var verb in verbs)
            operations[verb] = new JsonObject
            {
                ["operationId"] = $"{verb}-things",
                ["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = "ok" } },
            };
        return new JsonObject
        {
            ["openapi"] = "3.0.1",
            ["info"] = new JsonObject { ["title"] = "things", ["version"] = "1" },
            ["paths"] = new JsonObject { ["/things"] = operations },
        }.ToJsonString();
    }

    private static void Put(ApimPortal portal, ApimAddress address, JsonObject properties) =>
        portal.Put(address.Path, new JsonObject { ["properties"] = properties }.ToJsonString());
}
