using Bascule.Core;
using Bascule.Core.Identity;
using Bascule.Core.People;
using Bascule.Server.People;
using Bascule.Testing.People;

namespace Bascule.Server.Tests.People;

public sealed class PolicyExplanationTests
{
    private const string Claims = """{"iss":"https://id.example.com","sub":"ada","groups":["ml-leads"]}""";
    private readonly FakePeopleStore _people = new();
    private readonly PolicyExplanation _explanation;

    public PolicyExplanationTests()
    {
        var rules = new RoleRules([
            new RoleRule(0, Role.Viewer, [Selector.Parse("group:staff").Value]),
            new RoleRule(1, Role.Approver, [Selector.Parse("group:ml-leads").Value])
            {
                Environments = new HashSet<string> { "ml-prod" },
            },
        ]);
        _explanation = new PolicyExplanation(rules, new PersonFinder(_people, TimeProvider.System));
        _people.Add(
            new Person("p-ada", new Subject("https://id.example.com", "ada"))
            {
                Name = "Ada",
                Groups = ["staff"],
                FirstSeenAt = DateTimeOffset.UnixEpoch,
                LastSeenAt = DateTimeOffset.UnixEpoch,
            }
        );
    }

    [Theory]
    [InlineData(Claims, "approve_run", "ml-prod", true, "roles[1]")]
    [InlineData(Claims, "approve-run", "ml-dev", false, "roles")]
    [InlineData(Claims, "approve_run", null, false, "roles")]
    [InlineData("p-ada", "read_runs", null, true, "roles[0]")]
    [InlineData("https://id.example.com#ada", "read_runs", "ml-dev", true, "roles[0]")]
    [InlineData("p-ada", "approve_run", "ml-prod", false, "roles")]
    [InlineData("https://id.example.com#never-here", "read_runs", null, false, "roles")]
    public async Task NamesTheRule(string who, string act, string? environment, bool allowed, string rule)
    {
        var explained = (await _explanation.ExplainAsync(who, act, environment, null, default)).Value;

        (explained.Allowed, explained.Rule).ShouldBe((allowed, rule));
        explained.Reason.ShouldNotBeEmpty();
        explained.Claims.Count.ShouldBe(allowed ? 1 : 0);
    }

    [Fact]
    public async Task ARefusalNamesWhatWouldAllowIt()
    {
        var explained = (await _explanation.ExplainAsync("p-ada", "approve_run", "ml-prod", null, default)).Value;

        explained.WouldAllow.ShouldHaveSingleItem().ShouldContain("group:ml-leads");
        explained.Roles.ShouldHaveSingleItem().ShouldContain("viewer");
    }

    [Fact]
    [Trait("Threat", "T45")]
    public async Task WhoIsRetiredMayNothing()
    {
        _people.Add((await _people.FindAsync("p-ada", default))! with { RetiredAt = DateTimeOffset.UtcNow });

        var explained = (await _explanation.ExplainAsync("p-ada", "read_runs", null, null, default)).Value;

        (explained.Allowed, explained.Rule).ShouldBe((false, "retired"));
    }

    [Theory]
    [InlineData("an unknown act", Claims, "fly", null)]
    [InlineData("a repository without a forge", Claims, "read_runs", "ml/churn")]
    [InlineData("groups that are a text", """{"iss":"https://x","sub":"a","groups":"staff"}""", "read_runs", null)]
    [InlineData("no subject", """{"iss":"https://x","groups":["staff"]}""", "read_runs", null)]
    [InlineData("an empty subject", """{"iss":"https://x","sub":"","groups":["staff"]}""", "read_runs", null)]
    [InlineData("no JSON", "{", "read_runs", null)]
    [Trait("Threat", "T37")]
    [Trait("Threat", "T38")]
    public async Task Refuses(string what, string who, string act, string? repository)
    {
        var refused = await _explanation.ExplainAsync(who, act, null, repository, default);

        refused.Problem.ShouldNotBeNull(what).Code.ShouldBe(ProblemCode.Invalid);
    }
}
