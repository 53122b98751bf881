using Bascule.Connectors.Platforms.ApiManagement;
using Bascule.Connectors.Platforms.ApiManagement.Gate;
using Bascule.Core;
using Bascule.Core.Platforms;
using Bascule.Simulators.Azure.Resources;
using Bascule.Testing.Platforms.ApimSample;

namespace Bascule.Connectors.Tests.Platforms.ApiManagement.Planning;

/// <summary>What somebody changed by hand, on the simulator.</summary>
public sealed class ApimDriftTests : IAsyncLifetime
{
    private const string Policy =
        """{"properties":{"format":"rawxml","value":"<policies><inbound><base /></inbound><backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>"}}""";

    private ApimStage _stage = null!;
    private ApimDeployment _deployment = null!;

    public async Task InitializeAsync()
    {
        _stage = await ApimStage.StartAsync();
        _deployment = new ApimDeployment(_stage) { Tree = ManyApis.Tree(10) };
        (await _deployment.RunAsync()).State.ShouldBe(PlatformRunState.Succeeded);
    }

    public async Task DisposeAsync()
    {
        await _deployment.DisposeAsync();
        await _stage.DisposeAsync();
    }

    [Fact]
    public async Task RightAfterADeploymentNothingDiffers()
    {
        (await FindAsync()).ShouldBeEmpty();

        await using var stage = await ApimStage.StartAsync();
        await using var sample = new ApimDeployment(stage) { Tree = ApimSample.Tree() };
        await sample.RunAsync();
        (await sample.FindDriftAsync()).Value.ShouldBeEmpty();
    }

    [Fact]
    public async Task WhatWasChangedAddedAndRemovedIsNamedAndNothingIsWritten()
    {
        var portal = _stage.Simulator.Portal;
        portal.Put("namedValues/region-000", """{"properties":{"displayName":"region-000","value":"south"}}""");
        portal.Delete("backends/backend-001");
        portal.Put("products/starter", """{"properties":{"displayName":"Starter","state":"notPublished"}}""");
        portal.Delete("apis/api-000/operations/get-things/policies/policy");
        var writes = _stage.Simulator.WriteCount;

        var found = await FindAsync();

        found
            .Select(one => $"{one.How} {one.What} {string.Join(',', one.Fields)}".TrimEnd())
            .ShouldBe([
                "Removed apis/api-000/operations/get-things/policies/policy",
                "Removed backends/backend-001",
                "Changed namedValues/region-000 value",
            ]);
        _stage.Simulator.WriteCount.ShouldBe(writes);
    }

    [Fact]
    public async Task APolicyMadeByHandBelowAnApiOfTheCommitIsAdded()
    {
        await using var bare = new ApimDeployment(_stage) { Tree = Bare() };
        (await bare.RunAsync()).State.ShouldBe(PlatformRunState.Succeeded);
        _stage.Simulator.Portal.Put("apis/bare/policies/policy", Policy);

        var found = (await bare.FindDriftAsync()).Value.ShouldHaveSingleItem();
        (found.What, found.How).ShouldBe(("apis/bare/policies/policy", DifferenceKind.Added));

        bare.Others = [Other("""["apis/bare/policies/policy"]""")];
        (await bare.FindDriftAsync()).Value.ShouldBeEmpty("another repository brought it");
    }

    [Fact]
    public async Task APlanWarnsOfWhatWasMadeByHandAndNotOfWhatAnotherBrought()
    {
        await using var bare = new ApimDeployment(_stage) { Tree = Bare() };
        (await bare.RunAsync()).State.ShouldBe(PlatformRunState.Succeeded);
        _stage.Simulator.Portal.Put("apis/bare/policies/policy", Policy);

        (await bare.PlanAsync())
            .Value.Warnings.ShouldHaveSingleItem()
            .ShouldStartWith("apis/bare/policies/policy is on");

        bare.Others = [Other("""["apis/bare/policies/policy"]""")];
        (await bare.PlanAsync()).Value.Warnings.ShouldBeEmpty();
    }

    /// <summary>The settings of now lead to another folder than the one that was deployed.</summary>
    [Fact]
    public async Task WhatIsNotWantedAnyMoreIsAddedUnlessAnotherHasItNow()
    {
        _deployment.Tree = ManyApis.Tree(5);
        (await FindAsync())
            .Select(one => $"{one.How} {one.What}")
            .ShouldBe(["Added apis/api-001", "Added backends/backend-001", "Added namedValues/region-001"]);

        _deployment.Others = [Other("""["backends/backend-001","namedValues/region-001"]""")];
        (await FindAsync()).Select(one => one.What).ShouldBe(["apis/api-001"]);
    }

    [Fact]
    [Trait("Threat", "T142")]
    public async Task WhoeverMayOnlyReadIsAsked()
    {
        _stage.Simulator.Assign(_stage.Simulator.Application, ArmRole.None);

        (await FindAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task AnOperationAddedByHandIsAChangeOfItsApi()
    {
        _stage.Simulator.Portal.Put(
            "apis/api-000/operations/by-hand",
            """{"properties":{"displayName":"By hand","method":"DELETE","urlTemplate":"/things"}}"""
        );

        var found = (await FindAsync()).ShouldHaveSingleItem();

        (found.What, found.How).ShouldBe(("apis/api-000", DifferenceKind.Changed));
        found.Fields.ShouldBe(["operations"]);
    }

    [Fact]
    public async Task RulesThatBecameStricterDoNotHideWhatIsDeployed()
    {
        _deployment.Environment = new ApimEnvironment { Rules = new ApimRules { Deny = ["base"] } };

        (await FindAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task AServiceThatDoesNotAnswerIsAProblem()
    {
        _stage.Simulator.GoOffline();

        var answer = await _deployment.FindDriftAsync();

        answer.Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Unavailable);
    }

    [Fact]
    [Trait("Threat", "T141")]
    public async Task APlanThatTakesWhatAnotherHasIsRefused()
    {
        await using var second = new ApimDeployment(_stage) { Tree = ManyApis.Tree(5), Others = [Other(null)] };

        var problem = (await second.PlanAsync()).Problem.ShouldNotBeNull();

        problem.Code.ShouldBe(ProblemCode.Denied);
        problem.Message.ShouldContain("apis/api-000");
        problem.Message.ShouldContain("workflow 'publish' of git:web/first in environment 'prod'");
        problem.Message.ShouldContain("take it out of one of the two");
        (await second.PlanAsync(hasAccess: false)).Problem.ShouldNotBeNull("also of a plan only");
    }

    [Fact]
    [Trait("Threat", "T141")]
    public async Task OneWithOtherResourcesOrOnAnotherServiceIsNotInTheWay()
    {
        await using var second = new ApimDeployment(_stage) { Tree = Bare(), Others = [Other(null)] };
        (await second.PlanAsync()).Problem.ShouldBeNull();

        second.Tree = ManyApis.Tree(5);
        second.Others =
        [
            Other(null) with
            {
                Plan = _deployment.Run.Plan!.Replace(
                    _stage.Options.Service,
                    "another-service",
                    StringComparison.Ordinal
                ),
            },
            Other(null) with
            {
                Plan = "not json",
            },
            Other(null) with
            {
                Plan = """{"kind":"airflow","resources":["apis/api-000"]}""",
            },
        ];
        (await second.PlanAsync()).Problem.ShouldBeNull();
    }

    private static Bascule.Testing.Platforms.MemoryTree Bare()
    {
        var tree = new Bascule.Testing.Platforms.MemoryTree();
        tree.Add(
            "apis/bare/apiInformation.json",
            """{"properties":{"displayName":"Bare","path":"bare","protocols":["https"],"serviceUrl":"https://bare.example.com"}}"""
        );
        return tree;
    }

    /// <summary>What the first deployment has, or these resources, in the name of another repository.</summary>
    private OtherDeployment Other(string? resources) =>
        new(
            "git:web/first",
            "publish",
            "prod",
            resources is null
                ? _deployment.Run.Plan!
                : $$"""{"kind":"apim","resources":{{resources}},"service":"{{_stage.Options.ServiceId}}"}"""
        );

    private async Task<IReadOnlyList<Difference>> FindAsync()
    {
        var found = await _deployment.FindDriftAsync();
        found.Problem.ShouldBeNull();
        return found.Value;
    }
}
