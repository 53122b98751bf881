using System.Text.Json.Nodes;
using Bascule.Core.Identity;
using Bascule.Core.People;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Tests.SignIn;

/// <summary>
/// Which groups somebody is in, as a token says it or, with Entra, does not. The forms are Microsoft's published ones; no real tenant was asked.
/// </summary>
public sealed class GroupTests : IClassFixture<SignInStage>, IDisposable
{
    private readonly SignInStage _stage;
    private readonly Visitor _ann;

    public GroupTests(SignInStage stage)
    {
        (_stage, _ann) = (stage, stage.NewVisitor());
        stage.Corp.Reset();
        stage.Entra.Reset();
    }

    public void Dispose() => _ann.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Threat", "T37")]
    public async Task TooManyForATokenIsNotNone(bool isReference)
    {
        _stage.Corp.Change = claims => Overflow(claims, isReference);

        await _ann.SignInAsync();

        _ann.SessionCookie.ShouldBeNull();
        _ann.Page.ShouldContain("too many for its token");
        _ann.Page.ShouldContain("sign_in.corp.graph");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TooManyForATokenAreReadFromGraphPageByPage(bool isReference)
    {
        _stage.Entra.Person = $"u-graph-{isReference}";
        _stage.Entra.Change = claims => Overflow(claims, isReference);
        _stage.Entra.Members =
        [
            Page(
                $"{_stage.Entra.Url}/v1.0/me/transitiveMemberOf?$skiptoken=1",
                Member("g-1"),
                Member("r-1", "directoryRole")
            ),
            Page(next: null, Member("g-2")),
        ];

        await _ann.SignInAsync("entra");

        (await FindAsync(_stage.Entra.Person)).Groups.ShouldBe(["g-1", "g-2"]);
    }

    [Fact]
    [Trait("Threat", "T81")]
    public async Task ThePagesAreReadFromOneServerOnly()
    {
        _stage.Entra.Change = claims => Overflow(claims, isReference: true);
        _stage.Entra.Members = [Page($"{_stage.Corp.Url}/v1.0/me/transitiveMemberOf", Member("g-1"))];

        await _ann.SignInAsync("entra");

        _ann.SessionCookie.ShouldBeNull();
        _stage.Corp.Paths.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T27")]
    public async Task WhereTheTokenSaysNobodyIsAsked()
    {
        _stage.Entra.Change = claims =>
        {
            Overflow(claims, isReference: true);
            claims["_claim_sources"]!["src1"]!["endpoint"] = $"{_stage.Corp.Url}/getMemberObjects";
        };
        _stage.Entra.Members = [Page(next: null, Member("g-1"))];

        await _ann.SignInAsync("entra");

        _ann.SessionCookie.ShouldNotBeNull();
        _stage.Corp.Paths.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T37")]
    public async Task NoGroupsAreNoGroups()
    {
        _stage.Entra.Person = "u-none";
        _stage.Entra.Change = claims => claims.Remove("groups");

        await _ann.SignInAsync("entra");

        (await FindAsync("u-none")).Groups.ShouldBeEmpty();
    }

    private async Task<Person> FindAsync(string sub) =>
        (
            await _stage
                .Services.GetRequiredService<IPeopleStore>()
                .FindAsync(new Subject(_stage.Entra.Url, sub), default)
        ).ShouldNotBeNull(_ann.Page);

    private static void Overflow(JsonObject claims, bool isReference)
    {
        claims.Remove("groups");
        if (!isReference)
        {
            claims["hasgroups"] = true;
            return;
        }
        claims["_claim_names"] = new JsonObject { ["groups"] = "src1" };
        claims["_claim_sources"] = new JsonObject
        {
            ["src1"] = new JsonObject { ["endpoint"] = "https://graph.windows.net/t/users/u/getMemberObjects" },
        };
    }

    private static JsonObject Page(string? next, params JsonNode[] members)
    {
        var page = new JsonObject { ["@odata.context"] = "x", ["value"] = new JsonArray(members) };
        if (next is not null)
            page["@odata.nextLink"] = next;
        return page;
    }

    private static JsonObject Member(string id, string type = "group") =>
        new() { ["@odata.type"] = $"#microsoft.graph.{type}", ["id"] = id };
}
