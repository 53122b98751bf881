using System.Text;
using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.ApiManagement.Source;
using Bascule.Core.Json;
using Bascule.Testing.Platforms;
using Bascule.Testing.Platforms.ApimSample;

namespace Bascule.Connectors.Tests.Platforms.ApiManagement.Source;

public sealed class ApimSourceReaderTests
{
    [Fact]
    public async Task ReadsEveryKindOfResource()
    {
        var source = await SourceStage.ReadAsync(ApimSample.Tree());

        source.Findings.ShouldBeEmpty();
        source
            .Resources.Select(resource => resource.Address.Path)
            .ShouldBe([
                "apiVersionSets/petstore",
                "apis/orders",
                "apis/orders/policies/policy",
                "apis/petstore",
                "apis/petstore/diagnostics/applicationinsights",
                "apis/petstore/operations/listPets/policies/policy",
                "apis/petstore/policies/policy",
                "apis/petstore;rev=2",
                "apis/petstore;rev=2/policies/policy",
                "backends/orders",
                "diagnostics/applicationinsights",
                "loggers/insights",
                "namedValues/insights",
                "namedValues/orders-key",
                "namedValues/orders-url",
                "policies/policy",
                "policyFragments/correlation",
                "products/shop",
                "products/shop/apis/orders",
                "products/shop/apis/petstore",
                "products/shop/policies/policy",
            ]);
        source.Overrides.ShouldBeNull();
    }

    [Fact]
    public async Task AFolderOfTheRepositoryIsReadAlone()
    {
        var tree = ApimSample.Tree("gateway/apim").Add("src/app.py", "print()").Add("gateway/notes.txt", "x");

        var source = await SourceStage.ReadAsync(tree, new ApimFolder("gateway/apim"));

        source.Findings.ShouldBeEmpty();
        source.Resources.Count.ShouldBe(21);
        source.At("apis/orders").File.ShouldBe("gateway/apim/apis/orders/apiInformation.json");
    }

    [Fact]
    public async Task AFragmentTakesItsTextFromTheFileBesideIt()
    {
        var source = await SourceStage.ReadAsync(ApimSample.Tree());

        var fragment = source.At("policyFragments/correlation").Properties;
        ((string)fragment["value"]!).ShouldStartWith("<fragment>");
        ((string)fragment["format"]!).ShouldBe("rawxml");
        ((string)fragment["description"]!).ShouldBe("Gives every request an id of its own.");
    }

    /// <summary>What the approver saw is what the service gets, through our own JSON too.</summary>
    [Theory]
    [InlineData("<policies>\r\n\t<inbound><base /></inbound>\r\n</policies>")]
    [InlineData(
        "<policies><!-- é ü 漢 𝄞 --><inbound>&lt;&amp;amp;&#10;@(\"a\" &amp;&amp; 'b')</inbound></policies>\n\n"
    )]
    [InlineData("<policies><inbound><![CDATA[<a>&lt;</a>]]></inbound></policies>")]
    [Trait("Threat", "T128")]
    public async Task APolicyIsByteForByteWhatTheCommitHolds(string text)
    {
        var tree = ApimSample.Tree().Add("policy.xml", text);

        var properties = (await SourceStage.ReadAsync(tree)).At("policies/policy").Properties;

        ((string)properties["format"]!).ShouldBe("rawxml");
        var sent = JsonNode.Parse(CanonicalJson.ToText(properties))!["value"]!.GetValue<string>();
        Encoding.UTF8.GetBytes(sent).ShouldBe(Encoding.UTF8.GetBytes(text));
    }

    [Theory]
    [InlineData("apis/petstore/notes.txt", "is no file of the layout")]
    [InlineData("apis/petstore/operations/listPets/policy.txt", "is no file of the layout")]
    [InlineData("APIs/petstore/apiInformation.json", "is no file of the layout")]
    [InlineData("apis/petstore/ApiInformation.json", "is no file of the layout")]
    [InlineData("deploy.sh", "is no file of the layout")]
    [InlineData("tags/red/tagInformation.json", "is not deployed by Bascule")]
    [InlineData("subscriptions/all/subscriptionInformation.json", "is not deployed by Bascule")]
    [InlineData("apis/petstore/tags/red/apiTagInformation.json", "is not deployed by Bascule")]
    [InlineData("products/shop/groups/guests/productGroupInformation.json", "is not deployed by Bascule")]
    public async Task WhatIsNotDeployedIsNamed(string path, string says) =>
        (await SourceStage.FindAsync((path, "{}"))).Single().ShouldStartWith($"{path}:1 Layout: {says}");

    [Theory]
    [InlineData("README.md")]
    [InlineData("apis/petstore/README.md")]
    [InlineData("apis/.gitkeep")]
    [InlineData(".bascule.yaml")]
    [InlineData(".gitea/workflows/check.yaml")]
    [InlineData("configuration.staging.yaml")]
    [InlineData("configuration.yaml")]
    public async Task WhatIsForOthersIsPassedOver(string path) =>
        (await SourceStage.FindAsync((path, "nothing: of ours"))).ShouldBeEmpty();

    [Theory]
    [InlineData("apis/ghost/policy.xml", "is of the API 'ghost', which has no file of its own here")]
    [InlineData("apis/ghost/specification.graphql", "has no apiInformation.json beside it")]
    [InlineData("policy fragments/ghost/policy.xml", "has no policyFragmentInformation.json beside it")]
    [InlineData("policy fragments/ghost/policyFragmentInformation.json", "has no policy.xml beside it")]
    [InlineData("apis/ghost;rev=2/apiInformation.json", "is a revision of 'apis/ghost', which is not here")]
    public async Task WhatIsLeftAloneIsNamed(string path, string says) =>
        (await SourceStage.FindAsync((path, SourceStage.Api))).Single().ShouldStartWith($"{path}:1 Layout: {says}");

    [Fact]
    public async Task AFolderWithoutResourcesIsAnError()
    {
        var source = await SourceStage.ReadAsync(MemoryTree.Of(("README.md", "x")), new ApimFolder("apim"));

        source.Findings.Select(SourceStage.Show).Single().ShouldStartWith("apim:1 Layout: holds no file of an API");
    }

    [Theory]
    [InlineData("apis/petstore/specification.json", "Duplicate: is a second specification", "{\"openapi\":\"3.0.0\"}")]
    [InlineData(
        "products/shop/apis.json",
        "Duplicate: describes 'products/shop/apis/orders'",
        "[{ \"name\": \"orders\" }]"
    )]
    [InlineData("apis/Petstore/policy.xml", "Duplicate: lies in 'apis/petstore', which is 'apis/Petstore'")]
    [InlineData("apis/petstore;rev=1/apiInformation.json", "Duplicate: says that it is revision 1")]
    public async Task NothingIsDescribedTwice(string path, string says, string text = SourceStage.Api)
    {
        var found = await SourceStage.FindAsync((path, text));

        found.ShouldContain(finding => finding.Contains(says, StringComparison.Ordinal), string.Join('\n', found));
    }

    [Fact]
    public async Task TheOlderListOfAProductsApisIsTaken()
    {
        var tree = ApimSample.Tree().Add("products/basic/productInformation.json", SourceStage.Api);

        var source = await SourceStage.ReadAsync(tree.Add("products/basic/apis.json", "[{ \"name\": \"orders\" }]"));

        source.Findings.ShouldBeEmpty();
        source.At("products/basic/apis/orders").File.ShouldBe("products/basic/apis.json");
    }

    [Theory]
    [InlineData("{ \"properties\": {}, \"properties\": {} }", "an object in the JSON repeats a key")]
    [InlineData("{ \"properties\": { \"a\": 1, \"a\": 2 } }", "an object in the JSON repeats a key")]
    [InlineData("{ \"properties\": {} } {}", "not valid JSON")]
    [InlineData("{ \"properties\": {}, }", "not valid JSON")]
    [InlineData("[]", "is no JSON object")]
    [InlineData("{}", "has no object properties")]
    [InlineData("{ \"properties\": [] }", "has no object properties")]
    [InlineData("{ \"properties\": { \"a\": 9007199254740993 } }", "holds a whole number beyond 2^53")]
    [InlineData("{ \"properties\": {}, \"location\": \"x\" }", "has 'location' beside properties")]
    public async Task JsonHasOneMeaningOrNone(string text, string says)
    {
        const string Path = "backends/orders/backendInformation.json";

        var found = await SourceStage.FindAsync((Path, text));

        found.Single().ShouldStartWith($"{Path}:1 Json: ");
        found.Single().ShouldContain(says);
    }

    [Fact]
    public async Task JsonIsNotNestedWithoutEnd()
    {
        var deep = $"{{ \"properties\": {string.Concat(Enumerable.Repeat("{\"a\":", 40))}1{new string('}', 41)}";

        (await SourceStage.FindAsync(("backends/orders/backendInformation.json", deep)))
            .Single()
            .ShouldContain("nested deeper");
    }

    [Theory]
    [InlineData("format", "openapi-link")]
    [InlineData("value", "https://attacker.example/openapi.yaml")]
    [Trait("Threat", "T132")]
    public async Task AnApiImportsNothingButTheDocumentBesideIt(string member, string value) =>
        (
            await SourceStage.FindAsync(
                ("apis/orders/apiInformation.json", $"{{ \"properties\": {{ \"{member}\": \"{value}\" }} }}")
            )
        )
            .Single()
            .ShouldStartWith($"apis/orders/apiInformation.json:1 ExternalReference: has the member '{member}'");

    /// <summary>A reader without regard to case would take the second spelling, and nobody here would have looked at it.</summary>
    [Theory]
    [InlineData("{ \"Value\": \"hunter2\", \"secret\": true }", "Value")]
    [InlineData("{ \"SECRET\": true }", "SECRET")]
    [InlineData("{ \"new\": [ { \"a\": 1, \"A\": 2 } ] }", "A")]
    [Trait("Threat", "T127")]
    public async Task AMemberHasOneSpelling(string properties, string name)
    {
        const string Path = "named values/orders-url/namedValueInformation.json";

        var found = await SourceStage.FindAsync((Path, $"{{ \"properties\": {properties} }}"));

        found.Single().ShouldStartWith($"{Path}:1 Json: has the member '{name}', which the service may take");
    }

    [Fact]
    public async Task UnknownMembersOfPropertiesAreTheServicesToJudge()
    {
        var tree = ApimSample.Tree().Add("backends/orders/backendInformation.json", "{\"properties\":{\"new\":[1.5]}}");

        var source = await SourceStage.ReadAsync(tree);

        source.Findings.ShouldBeEmpty();
        source.At("backends/orders").Properties.ToJsonString().ShouldBe("{\"new\":[1.5]}");
    }
}
