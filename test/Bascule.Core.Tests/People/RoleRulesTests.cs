using Bascule.Core.Identity;
using Bascule.Core.People;
using Bascule.Core.Settings;
using Bascule.Core.Workflows;
using FsCheck;
using FsCheck.Fluent;

namespace Bascule.Core.Tests.People;

public sealed class RoleRulesTests
{
    private static readonly Scope Churn = new()
    {
        Environment = "ml-prod",
        Forge = "git",
        Repository = "ml/churn",
    };

    [Fact]
    public void AllowWhomARuleNamesAndSayWhy()
    {
        var rules = new RoleRules([Rule(0, Role.Viewer, "group:staff"), Rule(1, Role.Approver, "group:leads")]);

        var decision = rules.Decide(Somebody("leads", "others"), Act.ApproveRun, Churn);

        decision.IsAllowed.ShouldBeTrue();
        decision.Rule.ShouldBe("roles[1]");
        decision.Claims.ShouldBe(["group:leads"]);
        decision.Reason.ShouldContain("approve a run");
    }

    [Fact]
    public void DenyWhomNoRuleNamesAndSayWhatWouldHelp()
    {
        var rules = new RoleRules([Rule(0, Role.Approver, "group:leads")]);

        var decision = rules.Decide(Somebody("Leads", "lead", "leads "), Act.ApproveRun, Churn);

        decision.IsAllowed.ShouldBeFalse();
        decision.Rule.ShouldBe("roles");
        decision.Reason.ShouldContain("approver");
        decision.WouldAllow.ShouldHaveSingleItem().ShouldContain("group:leads");
    }

    [Fact]
    public void DenyEverythingWithoutRules()
    {
        foreach (var act in Enum.GetValues<Act>())
        {
            new RoleRules([]).Decide(Somebody("admins"), act, Scope.Installation).IsAllowed.ShouldBeFalse($"{act}");
            new RoleRules([]).DecideAnywhere(Somebody("admins"), act).IsAllowed.ShouldBeFalse($"{act}");
        }
    }

    [Theory]
    [InlineData("another environment", "ml-dev", "git", "ml/churn")]
    [InlineData("no environment", null, "git", "ml/churn")]
    [InlineData("another repository", "ml-prod", "git", "ml/other")]
    [InlineData("another forge", "ml-prod", "other", "ml/churn")]
    [InlineData("the whole installation", null, null, null)]
    [Trait("Threat", "T59")]
    public void KeepARoleWithinItsPlaces(string what, string? environment, string? forge, string? repository)
    {
        var rules = new RoleRules([Limited(Role.Operator)]);
        var scope = new Scope
        {
            Environment = environment,
            Forge = forge,
            Repository = repository,
        };

        rules.Decide(Somebody("ops"), Act.CancelRun, Churn).IsAllowed.ShouldBeTrue();
        rules.Decide(Somebody("ops"), Act.CancelRun, scope).IsAllowed.ShouldBeFalse(what);
        rules.DecideAnywhere(Somebody("ops"), Act.CancelRun).IsAllowed.ShouldBeTrue();
    }

    [Fact]
    [Trait("Threat", "T108")]
    public void GiveAnAdminNoHiddenException()
    {
        var rules = new RoleRules([Rule(0, Role.Admin, "group:admins")]);

        rules.Decide(Somebody("admins"), Act.RetireSubject, Scope.Installation).IsAllowed.ShouldBeTrue();
        foreach (var act in new[] { Act.ApproveRun, Act.BreakGlass, Act.CancelRun, Act.RetryRun })
            rules.Decide(Somebody("admins"), act, Churn).IsAllowed.ShouldBeFalse($"{act}");
    }

    [Fact]
    [Trait("Threat", "T108")]
    public void LetTheLocalTokenDoAllButApprove()
    {
        foreach (var act in Enum.GetValues<Act>())
            new RoleRules([])
                .Decide(Actor.LocalOperator, act, Churn)
                .IsAllowed.ShouldBe(act != Act.ApproveRun, $"{act}");
    }

    [Theory]
    [InlineData(ActorType.Agent)]
    [InlineData(ActorType.Workload)]
    [Trait("Threat", "T154")]
    public void LetOnlyAHumanJudge(ActorType type)
    {
        var rules = new RoleRules([Rule(0, Role.Approver, "group:all"), Rule(1, Role.Operator, "group:all")]);
        var machine = Somebody("all") with { Type = type };

        foreach (var act in new[] { Act.ApproveRun, Act.BreakGlass })
        {
            rules.Decide(Somebody("all"), act, Churn).IsAllowed.ShouldBeTrue();
            rules.Decide(machine, act, Churn).IsAllowed.ShouldBeFalse();
            rules.DecideAnywhere(machine, act).IsAllowed.ShouldBeFalse();
        }
        rules.Decide(machine, Act.RetryRun, Churn).IsAllowed.ShouldBeTrue();
    }

    [Fact]
    public void LetADeveloperCancelTheirOwnAndRetryWhatDidNotSucceed()
    {
        var rules = new RoleRules([Rule(0, Role.Developer, "group:devs")]);
        bool May(Act act, Scope scope) => rules.Decide(Somebody("devs"), act, scope).IsAllowed;

        May(Act.CancelRun, Churn with { IsOwn = true }).ShouldBeTrue();
        May(Act.CancelRun, Churn).ShouldBeFalse();
        May(Act.RetryRun, Churn).ShouldBeTrue();
        May(Act.RetryRun, Churn with { HasSucceeded = true }).ShouldBeFalse();
    }

    [Fact]
    public void NameAPersonByIssuerAndSubjectExactly()
    {
        var rules = new RoleRules([Rule(0, Role.Viewer, "person:https://id.example.com#ada")]);
        bool May(string issuer, string id) =>
            rules
                .Decide(new Actor(ActorType.Human, "p-1") { Subject = new Subject(issuer, id) }, Act.ReadRuns, Churn)
                .IsAllowed;

        May("https://id.example.com", "ada").ShouldBeTrue();
        May("https://id.example.com", "Ada").ShouldBeFalse();
        May("https://other.example.com", "ada").ShouldBeFalse();
    }

    [Fact]
    public void TakeNobodyInParticularForNobody()
    {
        var rules = new RoleRules([Rule(0, Role.Viewer, "group:all")]);
        var nobody = new Actor(ActorType.Human, "p-1") { Groups = ["all"] };

        rules.Decide(nobody, Act.ReadRuns, Churn).IsAllowed.ShouldBeFalse();
    }

    /// <summary>The reference: any rule that names them, allows the act, and covers the place. Whatever else is in the list changes nothing.</summary>
    [Fact]
    [Trait("Threat", "T57")]
    public void NeverWidenMeByARuleForSomebodyElse()
    {
        var gen =
            from mine in RuleGen("a", "b", "c").ListOf()
            from theirs in RuleGen("x", "y", "person:https://id.example.com#other").ListOf()
            from act in Gen.Elements(Enum.GetValues<Act>())
            from scope in Gen.Elements(Churn, Scope.Installation, Churn with { Environment = "ml-dev" })
            from seed in Gen.Choose(0, int.MaxValue)
            select (Mine: mine, Theirs: theirs, Act: act, Scope: scope, Seed: seed);

        Prop.ForAll(
                Arb.From(gen),
                sample =>
                {
                    var me = Somebody("a", "b", "a");
                    var alone = Decide(sample.Mine, me, sample.Act, sample.Scope);
                    var random = new Random(sample.Seed);
                    var mixed = sample.Mine.Concat(sample.Theirs).OrderBy(_ => random.Next()).ToList();
                    var expected = sample.Mine.Any(rule =>
                        rule.To.Any(to => to.Matches(me))
                        && RoleTable.Allows(rule.Role, sample.Act)
                        && rule.Covers(sample.Scope)
                        && RoleTable.IsWithin(rule.Role, sample.Act, sample.Scope)
                    );
                    return alone == expected && Decide(mixed, me, sample.Act, sample.Scope) == expected;
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Fact]
    [Trait("Threat", "T57")]
    public void LookAtEachOfTenThousandGroupsOnce()
    {
        List<string> groups = [.. Enumerable.Range(0, 10_000).Select(number => $"g{number}")];
        var counted = new CountedList(groups);
        var rules = new RoleRules([
            .. Enumerable.Range(0, 1000).Select(index => Rule(index, Role.Viewer, $"group:h{index}")),
        ]);
        var actor = Somebody() with { Groups = counted };

        rules.Decide(actor, Act.ReadRuns, Churn).IsAllowed.ShouldBeFalse();

        counted.Looks.ShouldBeLessThanOrEqualTo(4 * groups.Count, "however many rules there are");
    }

    [Fact]
    public void ListTheActsThatTheyDecideOn()
    {
        var rules = new RoleRules([Limited(Role.Operator), Rule(1, Role.Approver, "group:leads")]);
        foreach (
            var actor in new[]
            {
                Somebody("ops"),
                Somebody("ops", "leads"),
                Somebody(),
                Actor.LocalOperator,
                Actor.LocalReader,
            }
        )
            rules
                .ActsOf(actor)
                .ShouldBe(
                    Enum.GetValues<Act>().Where(act => rules.DecideAnywhere(actor, act).IsAllowed),
                    ignoreOrder: true
                );
        rules.ActsOf(Actor.LocalReader).Count.ShouldBe(3);
    }

    private static bool Decide(IReadOnlyList<RoleRule> rules, Actor actor, Act act, Scope scope) =>
        new RoleRules([.. rules.Select((rule, index) => rule with { Index = index })])
            .Decide(actor, act, scope)
            .IsAllowed;

    private static Gen<RoleRule> RuleGen(params string[] names) =>
        from role in Gen.Elements(Enum.GetValues<Role>())
        from name in Gen.Elements(names)
        from limited in Gen.Elements(true, false)
        let rule = Rule(0, role, name.Contains(':', StringComparison.Ordinal) ? name : $"group:{name}")
        select limited ? rule with { Environments = new HashSet<string> { "ml-prod" } } : rule;

    private static RoleRule Limited(Role role) =>
        Rule(0, role, "group:ops") with
        {
            Environments = new HashSet<string> { "ml-prod" },
            Repositories = [new RepositoryPattern("git", Glob.Parse("ml/churn"))],
        };

    private static RoleRule Rule(int index, Role role, string to) => new(index, role, [Selector.Parse(to).Value]);

    private static Actor Somebody(params string[] groups) =>
        new(ActorType.Human, "p-ada")
        {
            Subject = new Subject("https://id.example.com", "ada"),
            Name = "Ada",
            Groups = groups,
        };

    private sealed class CountedList(List<string> items) : IReadOnlyList<string>
    {
        public int Looks { get; private set; }
        public int Count => items.Count;

        public string this[int index]
        {
            get
            {
                Looks++;
                return items[index];
            }
        }

        public IEnumerator<string> GetEnumerator()
        {
            foreach (var item in items)
            {
                Looks++;
                yield return item;
            }
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
