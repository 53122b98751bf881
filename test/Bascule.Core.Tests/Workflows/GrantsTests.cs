using Bascule.Core.Forges;
using Bascule.Core.Settings;
using Bascule.Core.Workflows;
using FsCheck;
using FsCheck.Fluent;

namespace Bascule.Core.Tests.Workflows;

public sealed class GrantsTests
{
    private static readonly EnvironmentRule Dev = new(
        "ml-dev",
        "databricks",
        [new RepositoryPattern("git", Glob.Parse("ml/*"))],
        [],
        PullRequests: true
    );

    private static readonly EnvironmentRule Prod = new(
        "ml-prod",
        "databricks",
        [new RepositoryPattern("git", Glob.Parse("ml/*"))],
        [Glob.Parse("main"), Glob.Parse("release/*")],
        PullRequests: false
    );

    private static readonly Grants Sample = new([Dev, Prod]);

    private static readonly PushGrantRequest MainToProd = new(
        "ml-prod",
        "databricks",
        "git",
        "ml/churn",
        RefName.Parse("refs/heads/main")
    );

    private static readonly PullRequestGrantRequest PullRequestToDev = new(
        "ml-dev",
        "databricks",
        "git",
        "ml/churn",
        RefName.Parse("refs/heads/main"),
        FromFork: false
    );

    [Fact]
    public void TakesARepositoryThatOneOfSeveralPatternsNames()
    {
        RepositoryPattern[] several = [new("git", Glob.Parse("data/*")), new("git", Glob.Parse("ml/*"))];
        var grants = new Grants([Prod with { Repositories = several }]);

        grants.Decide(MainToProd).IsAllowed.ShouldBeTrue();
        grants.Decide(MainToProd with { Repository = "ops/churn" }).IsAllowed.ShouldBeFalse();
    }

    [Fact]
    public void SaysInWordsWhatItDoesNotTakeAndWhatToDo()
    {
        Sample
            .Decide(MainToProd with { Ref = RefName.Parse("refs/heads/dev") })
            .Reason.ShouldBe(
                "environment 'ml-prod' does not take branch 'dev'; allowed: main, release/*; ask an operator to widen environments.ml-prod.branches"
            );
        Sample
            .Decide(MainToProd with { Ref = RefName.Parse("refs/tags/v1") })
            .Reason.ShouldBe(
                "environment 'ml-prod' does not take 'refs/tags/v1', which is not a branch; push a branch"
            );
        Sample
            .Decide(MainToProd with { PlatformKind = "azureml" })
            .Reason.ShouldBe(
                "environment 'ml-prod' is on databricks, the workflow is written for azureml; name another environment in the workflow"
            );
        Sample
            .Decide(PullRequestToDev with { FromFork = true })
            .Reason.ShouldBe(
                "environment 'ml-dev' never takes heads from forks; push the branch to the repository itself"
            );
    }

    [Fact]
    public void AllowsWhatIsNamedAndSaysByWhichRule()
    {
        Sample
            .Decide(MainToProd)
            .ShouldBe(Decision.Allow("environments.ml-prod.branches", "environment 'ml-prod' takes branch 'main'"));
        Sample
            .Decide(PullRequestToDev)
            .ShouldBe(
                Decision.Allow(
                    "environments.ml-dev.pull_requests",
                    "environment 'ml-dev' takes pull requests into 'main'"
                )
            );
    }

    [Fact]
    public void NamesTheRuleAndTheRemedyWhenABranchIsNotTaken() =>
        Sample
            .Decide(MainToProd with { Ref = RefName.Parse("refs/heads/dev") })
            .ShouldBe(
                Decision.Deny(
                    "environments.ml-prod.branches",
                    "environment 'ml-prod' does not take branch 'dev'; allowed: main, release/*; ask an operator to widen environments.ml-prod.branches"
                )
            );

    [Theory]
    [InlineData("refs/heads/main2")]
    [InlineData("refs/heads/Main")]
    [InlineData("refs/heads/x/main")]
    [InlineData("refs/heads/release/1/2")]
    [InlineData("refs/tags/main")]
    [InlineData("refs/pull/1/head")]
    [Trait("Threat", "T48")]
    public void DeniesRefsThatOnlyResembleAnAllowedBranch(string name)
    {
        var decision = Sample.Decide(MainToProd with { Ref = RefName.Parse(name) });

        decision.IsAllowed.ShouldBeFalse();
        decision.Rule.ShouldBe("environments.ml-prod.branches");
    }

    [Fact]
    public void DeniesAnotherRepositoryAndAnotherForge()
    {
        foreach (
            var other in (PushGrantRequest[])
                [MainToProd with { Repository = "web/churn" }, MainToProd with { Forge = "hub" }]
        )
        {
            var decision = Sample.Decide(other);

            decision.IsAllowed.ShouldBeFalse();
            decision.Rule.ShouldBe("environments.ml-prod.repositories");
            decision.Reason.ShouldContain($"'{other.Forge}:{other.Repository}'");
        }
    }

    [Fact]
    public void DeniesAnEnvironmentThatIsNotThereAndNamesThoseThatAreOpen()
    {
        Sample
            .Decide(MainToProd with { Environment = "ml-prd" })
            .ShouldBe(
                Decision.Deny(
                    "environments",
                    "there is no environment 'ml-prd'; open to this repository: ml-dev, ml-prod"
                )
            );
        Sample
            .Decide(MainToProd with { Environment = "ml-prd", Repository = "web/shop" })
            .Reason.ShouldBe("there is no environment 'ml-prd'; ask an operator for one");
    }

    [Fact]
    public void DeniesAWorkflowForAnotherKindOfPlatform() =>
        Sample.Decide(MainToProd with { PlatformKind = "airflow" }).Rule.ShouldBe("environments.ml-prod.platform");

    [Fact]
    public void DeniesPullRequestsWhereTheyAreNotOpened()
    {
        var decision = Sample.Decide(PullRequestToDev with { Environment = "ml-prod" });

        decision.IsAllowed.ShouldBeFalse();
        decision.Rule.ShouldBe("environments.ml-prod.pull_requests");
        decision.Reason.ShouldContain("none for a plan only");
    }

    [Fact]
    [Trait("Threat", "T102")]
    public void DeniesForksEverywhere() =>
        Sample
            .Decide(PullRequestToDev with { FromFork = true })
            .ShouldBe(
                Decision.Deny(
                    "environments.ml-dev.pull_requests",
                    "environment 'ml-dev' never takes heads from forks; push the branch to the repository itself"
                )
            );

    [Fact]
    [Trait("Threat", "T60")]
    public void DecidesForEachRefOfOnePush()
    {
        var decisions = new[] { "main", "dev", "release/1" }
            .Select(branch => Sample.Decide(MainToProd with { Ref = RefName.Parse("refs/heads/" + branch) }).IsAllowed)
            .ToList();

        decisions.ShouldBe([true, false, true]);
    }

    [Fact]
    [Trait("Threat", "T54")]
    public void DeniesEverythingWithoutRules() =>
        Prop.ForAll(Requests.ToArbitrary(), request => !new Grants([]).Decide(request).IsAllowed)
            .Check(Config.QuickThrowOnFailure);

    [Fact]
    [Trait("Threat", "T57")]
    public void NeverWidensOneRepositoryByAllowingAnother() =>
        Prop.ForAll(
                Rules.ListOf().ToArbitrary(),
                Rules.ToArbitrary(),
                Requests.ToArbitrary(),
                (rules, added, request) =>
                    added.Repositories.Any(pattern => pattern.IsMatch(request.Forge, request.Repository))
                    || !new Grants([.. rules, added]).Decide(request).IsAllowed
                    || new Grants([.. rules]).Decide(request).IsAllowed
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    [Fact]
    [Trait("Threat", "T57")]
    public void AllowsOnlyWhatARuleNames() =>
        Prop.ForAll(
                Rules.ListOf().ToArbitrary(),
                Requests.ToArbitrary(),
                (rules, request) =>
                    !new Grants([.. rules]).Decide(request).IsAllowed || rules.Any(rule => Names(rule, request))
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    private static Gen<EnvironmentRule> Rules =>
        from name in Gen.Elements("dev", "prod")
        from kind in Gen.Elements("databricks", "airflow")
        from repository in Gen.Elements("a/x", "a/*", "b/y", "**")
        from branches in Gen.SubListOf("main", "dev", "*")
        from pullRequests in Gen.Elements(true, false)
        select new EnvironmentRule(
            name,
            kind,
            [new RepositoryPattern("git", Glob.Parse(repository))],
            [.. branches.Select(Glob.Parse)],
            pullRequests
        );

    private static Gen<GrantRequest> Requests =>
        from name in Gen.Elements("dev", "prod", "test")
        from kind in Gen.Elements("databricks", "airflow")
        from forge in Gen.Elements("git", "hub")
        from repository in Gen.Elements("a/x", "a/y", "b/y")
        from branch in Gen.Elements("main", "dev", "x/y")
        from sort in Gen.Choose(0, 2)
        let reference = RefName.Parse("refs/heads/" + branch)
        select sort == 0
            ? (GrantRequest)new PushGrantRequest(name, kind, forge, repository, reference)
            : new PullRequestGrantRequest(name, kind, forge, repository, reference, FromFork: sort == 1);

    private static bool Names(EnvironmentRule rule, GrantRequest request) =>
        rule.Name == request.Environment
        && rule.PlatformKind == request.PlatformKind
        && rule.Repositories.Any(pattern => pattern.Forge == request.Forge && pattern.Names.IsMatch(request.Repository))
        && request switch
        {
            PushGrantRequest push => rule.Branches.Any(branch => branch.IsMatch(push.Ref.ShortName)),
            PullRequestGrantRequest pullRequest => rule.PullRequests && !pullRequest.FromFork,
            _ => false,
        };
}
