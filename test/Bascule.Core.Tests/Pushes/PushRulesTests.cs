using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Core.People;
using Bascule.Core.Pushes;
using Bascule.Core.Settings;

namespace Bascule.Core.Tests.Pushes;

public sealed class PushRulesTests
{
    private const string Main = "refs/heads/main";
    private const string Dev = "refs/heads/dev/one";
    private static readonly RepositoryKey Repository = new("git", 7);
    private static readonly CommitId None = CommitId.Parse(new string('0', 40));
    private static readonly CommitId Old = CommitId.Parse(new string('a', 40));
    private static readonly CommitId New = CommitId.Parse(new string('b', 40));

    [Fact]
    public void AllowsARefThatThePatternsName()
    {
        var verdict = Decide(Update(Dev));

        verdict.IsAllowed.ShouldBeTrue();
        verdict.Refs.ShouldHaveSingleItem().Decision.Rule.ShouldBe("trust_policies.devs");
    }

    [Fact]
    [Trait("Threat", "T60")]
    [Trait("Threat", "T89")]
    public void OneDeniedRefDeniesAll()
    {
        var verdict = Decide(Update(Dev), Update(Main));

        verdict.IsAllowed.ShouldBeFalse();
        verdict.Refused.ShouldHaveSingleItem().Command.Name.ShouldBe(Main);
        verdict.Refused.Single().Decision.Reason.ShouldContain("refs/heads/dev/**");
    }

    [Theory]
    [InlineData("refs/for/main")]
    [InlineData("refs/pull/1/head")]
    [InlineData("refs/changes/01/1/1")]
    [InlineData("refs/notes/commits")]
    [InlineData("refs/replace/aaaa")]
    [InlineData("refs/Heads/main")]
    [InlineData("refs/bascule/deploy")]
    [Trait("Threat", "T89")]
    public void ReservedRefsAreRefusedToWhoMayPushEverything(string name) =>
        Decide(Whole, New, Create(name)).Refused.Single().Decision.Rule.ShouldBe(PushRules.ReservedRule);

    [Theory]
    [InlineData("HEAD")]
    [InlineData("refs/heads/--upload-pack=x")]
    [InlineData("refs/heads/a..b")]
    [InlineData("refs/heads/a.lock")]
    [InlineData("refs/heads/\u202Emain")]
    [InlineData("")]
    [Trait("Threat", "T61")]
    public void NamesThatAreNoneAreRefusedToWhoMayPushEverything(string name) =>
        Decide(Whole, New, Create(name)).Refused.Single().Decision.Rule.ShouldBe(PushRules.NameRule);

    [Theory]
    [InlineData(Dev)]
    [InlineData("refs/heads/Dev/One")]
    [Trait("Threat", "T89")]
    public void TheSameRefTwiceIsRefused(string again) =>
        Decide(Whole, Old, Update(Dev), Update(again))
            .Refused.Select(verdict => verdict.Decision.Rule)
            .ShouldBe([PushRules.RepeatedRule, PushRules.RepeatedRule]);

    [Fact]
    [Trait("Threat", "T89")]
    public void DeletionsCreationsAndTagsAreDecidedByTheirNamesToo()
    {
        var verdict = Decide(Delete(Dev), Delete(Main), Create("refs/heads/x"), Create("refs/tags/v1"));

        verdict.Refused.Select(refused => refused.Command.Name).ShouldBe([Main, "refs/heads/x", "refs/tags/v1"]);
    }

    [Fact]
    public void ARefThatMovedInTheMeantimeIsRefused()
    {
        Decide(Pass("refs/**"), New, Update(Dev)).Refused.Single().Decision.Rule.ShouldBe(PushRules.MovedRule);
        Decide(Whole, Old, Create(Dev)).Refused.Single().Decision.Rule.ShouldBe(PushRules.MovedRule);
        Decide(Whole, Old, Update("refs/heads/gone")).Refused.Single().Decision.Rule.ShouldBe(PushRules.MovedRule);
        Decide(Whole, Old, new RefCommand("refs/heads/gone", None, None))
            .Refused.Single()
            .Decision.Rule.ShouldBe(PushRules.NothingRule);
    }

    [Fact]
    [Trait("Threat", "T86")]
    public void APassForFetchingPushesNothing()
    {
        var pass = Whole with { Verbs = new HashSet<GitVerb> { GitVerb.Fetch } };

        Decide(pass, Old, Update(Dev)).Refused.Single().Decision.Rule.ShouldBe("trust_policies.devs.verbs");
        Decide(Whole, Old, Update(Dev)).IsAllowed.ShouldBeTrue();
    }

    [Fact]
    [Trait("Threat", "T90")]
    public void APassForAnotherRepositoryPushesNothing() =>
        Decide(Whole with { Repository = new RepositoryKey("git", 8) }, Old, Update(Dev))
            .Refused.Single()
            .Decision.Rule.ShouldBe("trust_policies.devs.repository");

    [Fact]
    public void APushOfNothingIsNotAllowed() => Decide(Whole, Old).IsAllowed.ShouldBeFalse();

    private static GitPass Whole => Pass("refs/**");

    private static GitPass Pass(params string[] refs) =>
        new(
            "t-1",
            new Actor(ActorType.Human, "p-1"),
            Repository,
            new HashSet<GitVerb> { GitVerb.Push },
            new RefPatterns([.. refs.Select(Glob.Parse)]),
            "devs",
            DateTimeOffset.MaxValue
        );

    private static PushVerdict Decide(params RefCommand[] commands) => Decide(Pass("refs/heads/dev/**"), Old, commands);

    private static PushVerdict Decide(GitPass pass, CommitId tip, params RefCommand[] commands) =>
        PushRules.Decide(
            pass,
            new Push(Repository, commands),
            new Dictionary<RefName, CommitId>
            {
                [RefName.Parse(Dev)] = tip,
                [RefName.Parse(Main)] = tip,
                [RefName.Parse("refs/heads/Dev/One")] = tip,
            }
        );

    private static RefCommand Update(string name) => new(name, Old, New);

    private static RefCommand Create(string name) => new(name, None, New);

    private static RefCommand Delete(string name) => new(name, Old, None);
}
