using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.ApiManagement.Comparing;
using Bascule.Connectors.Platforms.ApiManagement.Live;
using Bascule.Connectors.Platforms.ApiManagement.Resources;

namespace Bascule.Connectors.Tests.Platforms.ApiManagement.Comparing;

/// <summary>A commit beside a service, without calling anybody.</summary>
public sealed class ComparisonTests
{
    private const string Service = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/apim";

    private static readonly ApimAddress Backend = ApimAddress.Of(ApimKind.Backend, "pets");

    [Theory]
    [InlineData("""{"url":"a"}""", """{"url":"a","protocol":"http"}""", "")]
    [InlineData("""{"url":"a","title":""}""", """{"url":"a"}""", "")]
    [InlineData("""{"url":"a"}""", """{"url":"A"}""", "url")]
    [InlineData("""{"tls":{"validate":true}}""", """{"tls":{"validate":false,"more":1}}""", "tls.validate")]
    [InlineData("""{"urls":["a","b"]}""", """{"urls":["b","a"]}""", "urls[0] urls[1]")]
    [InlineData("""{"urls":["a"]}""", """{"urls":["a","b"]}""", "urls")]
    [InlineData($$"""{"loggerId":"/loggers/x"}""", $$"""{"loggerId":"{{Service}}/loggers/X"}""", "")]
    [InlineData($$"""{"loggerId":"{{Service}}/loggers/x"}""", $$"""{"loggerId":"{{Service}}/loggers/x"}""", "")]
    [InlineData(
        """{"loggerId":"/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/other/loggers/x"}""",
        $$"""{"loggerId":"{{Service}}/loggers/x"}""",
        "loggerId"
    )]
    [InlineData("""{"path":"/a"}""", """{"path":"/b"}""", "path")]
    public void NamesWhatIsNotAsItIsWanted(string wanted, string live, string differences) =>
        string.Join(' ', ResourceComparison.Differences(ApimKind.Backend, Map(wanted), Map(live)))
            .ShouldBe(differences);

    [Fact]
    public void DeletedIsOnlyWhatWasDeployed()
    {
        var live = Live((Backend, "{}"), (ApimAddress.Of(ApimKind.Backend, "by-hand"), "{}"));

        var changes = new ApimComparison([], [Backend], live).Compare().Value;

        changes.Changes.ShouldHaveSingleItem().Address.ShouldBe(Backend);
    }

    /// <summary>To change or delete the revision that callers reach by its number would be to change the API past its release.</summary>
    [Theory]
    [Trait("Threat", "T137")]
    [InlineData(true)]
    [InlineData(false)]
    public void TheCurrentRevisionIsNotChangedByItsNumber(bool isWanted)
    {
        var (api, revision) = (ApimAddress.Of(ApimKind.Api, "pets"), ApimAddress.Of(ApimKind.Api, "pets;rev=2"));
        var live = Live((api, """{"apiRevision":"2"}"""), (revision, """{"apiRevision":"2","serviceUrl":"a"}"""));
        List<ApimResource> wanted = isWanted ? [new(revision, Map("""{"serviceUrl":"b"}"""), "apis/pets;rev=2")] : [];

        var refused = new ApimComparison(wanted, [revision], live).Compare().Problem.ShouldNotBeNull();

        refused.Message.ShouldContain("revision 2 of pets is the current one, which callers reach");
    }

    [Fact]
    public void ANumberThatIsTakenIsNotTakenAgain()
    {
        var api = ApimAddress.Of(ApimKind.Api, "pets");
        var live = Live((api, """{"apiRevision":"2","serviceUrl":"a"}"""), revisions: [1, 2, 7]);
        List<ApimResource> wanted =
        [
            new(api, Map("""{"serviceUrl":"b"}"""), "a"),
            new(ApimAddress.Of(ApimKind.Api, "pets;rev=9"), Map("""{"serviceUrl":"c"}"""), "b"),
        ];

        var revision = new ApimComparison(wanted, [], live).Compare().Value.Revisions.ShouldHaveSingleItem();

        (revision.From, revision.To).ShouldBe((2, 10));
    }

    [Fact]
    public void ARevisionOfAnApiThatIsNowhereIsRefused()
    {
        var revision = new ApimResource(ApimAddress.Of(ApimKind.Api, "pets;rev=9"), Map("""{"serviceUrl":"c"}"""), "b");
        var api = new ApimResource(ApimAddress.Of(ApimKind.Api, "pets"), Map("""{"serviceUrl":"b"}"""), "a");
        var live = Live((Backend, """{"url":"a"}"""));

        new ApimComparison([revision], [], live)
            .Compare()
            .Problem.ShouldNotBeNull()
            .Message.ShouldContain("there is no API pets that this could be a revision of");
        new ApimComparison([api, revision], [], live).Compare().Problem.ShouldBeNull();
    }

    [Fact]
    public void WhatWasMadeByHandBelowAnApiOfTheCommitIsNamed()
    {
        var api = ApimAddress.Of(ApimKind.Api, "pets");
        var policy = api.Below(ApimKind.ApiPolicy, ApimAddress.PolicyName);
        var live = Live((api, """{"apiRevision":"1","path":"p"}"""), (policy, """{"value":"<policies />"}"""));

        var comparison = new ApimComparison([new(api, Map("""{"path":"p"}"""), "a")], [], live);

        comparison.Strangers().ShouldBe([policy]);
        comparison.Compare().Value.Changes.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("apis/pets;rev=2/operations/get/policies/policy")]
    [InlineData("products/starter/apis/pets")]
    [InlineData("namedValues/x")]
    public void AnAddressIsReadFromItsPath(string path) => ApimAddress.Parse(path)!.Path.ShouldBe(path);

    [Theory]
    [InlineData("")]
    [InlineData("apis")]
    [InlineData("apis/")]
    [InlineData("apis/pets/secrets/x")]
    [InlineData("operations/get")]
    [InlineData("apis/pets/policies")]
    public void WhatIsNoPathIsNoAddress(string path) => ApimAddress.Parse(path).ShouldBeNull();

    private static JsonObject Map(string json) => (JsonObject)JsonNode.Parse(json)!;

    private static LiveService Live(params (ApimAddress Address, string Json)[] resources) => Live(resources, []);

    private static LiveService Live((ApimAddress Address, string Json) api, int[] revisions) => Live([api], revisions);

    private static LiveService Live((ApimAddress Address, string Json)[] resources, int[] revisions) =>
        new()
        {
            Resources = resources.ToDictionary(one => one.Address, one => Map(one.Json)),
            Revisions = new Dictionary<ApimAddress, IReadOnlyList<int>> { [resources[0].Address] = revisions },
        };
}
