using System.Globalization;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.ApiManagement;

/// <summary>A repository of as many resources as are asked for: one fifth named values, the rest APIs with a document, a policy and a policy of an operation.</summary>
internal static class ManyApis
{
    private const string Policy =
        "<policies><inbound><base /></inbound><backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>";

    /// <param name="resources">A multiple of five.</param>
    public static MemoryTree Tree(int resources, string serviceUrl = "https://pets.example.com")
    {
        var tree = new MemoryTree();
        for (var at = 0; at < resources / 5; at++)
        {
            var name = at.ToString("D3", CultureInfo.InvariantCulture);
            tree.Add(
                $"named values/region-{name}/namedValueInformation.json",
                $$$"""{"properties":{"displayName":"region-{{{name}}}","value":"north"}}"""
            );
            tree.Add(
                $"backends/backend-{name}/backendInformation.json",
                $$$"""{"properties":{"url":"https://b{{{name}}}.example.com","protocol":"http"}}"""
            );
            tree.Add(
                $"apis/api-{name}/apiInformation.json",
                $$$"""{"properties":{"displayName":"Api {{{name}}}","path":"p{{{name}}}","protocols":["https"],"serviceUrl":"{{{serviceUrl}}}"}}"""
            );
            tree.Add(
                $"apis/api-{name}/specification.yaml",
                $"openapi: 3.0.1\ninfo: {{ title: Api {name}, version: '1' }}\npaths:\n  /things:\n    get:\n      operationId: get-things\n      responses:\n        '200': {{ description: ok }}\n"
            );
            tree.Add($"apis/api-{name}/policy.xml", Policy);
            tree.Add($"apis/api-{name}/operations/get-things/policy.xml", Policy);
        }
        return tree;
    }
}
