using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.ApiManagement;
using Bascule.Connectors.Platforms.ApiManagement.Source;
using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Core.Forges;
using Bascule.Core.Platforms;
using Bascule.Simulators.Azure.Resources;
using Bascule.Simulators.Tests.OpenApi;
using Bascule.Testing.Platforms;
using Bascule.Testing.Platforms.ApimSample;

namespace Bascule.Connectors.Tests.Platforms.ApiManagement;

/// <summary>A deployment from its plan to its end, on the simulator.</summary>
public sealed class ApimPlatformTests
{
    [Fact]
    public async Task ARepositoryBecomesTheServiceAndThenThereIsNothingLeftToChange()
    {
        await using var stage = await ApimStage.StartAsync();
        await using var first = new ApimDeployment(stage) { Tree = ApimSample.Tree() };

        var end = await first.RunAsync();

        (end.State, end.Message).ShouldBe((PlatformRunState.Succeeded, null), end.LogTail);
        await using var second = new ApimDeployment(stage) { Tree = ApimSample.Tree(), Deployed = first.Run.Plan };
        var plan = (await second.PlanAsync()).Value;
        JsonNode.Parse(plan.Json)!["changes"]!.AsArray().ShouldBeEmpty(plan.Json);
        plan.Summary.ShouldContain("nothing to change: the service is as the commit wants it");
        ArmDescriptions.ApiManagement.Faults(stage.Simulator.Exchanges).ShouldBeEmpty();
    }

    [Fact]
    public async Task APlanNamesEachResourceAndWhatOfItChanges()
    {
        await using var stage = await ApimStage.StartAsync();
        await using var first = new ApimDeployment(stage) { Tree = ManyApis.Tree(5) };
        await first.RunAsync();
        await using var second = new ApimDeployment(stage)
        {
            Tree = ManyApis.Tree(10, "https://other.example.com"),
            Deployed = first.Run.Plan,
        };

        var plan = (await second.PlanAsync()).Value;

        plan.HoldsAlone.ShouldBeTrue();
        plan.Target.ShouldBe("service apim-simulated");
        plan.Summary.ShouldContain("~ apis/api-000: serviceUrl");
        plan.Summary.ShouldContain("+ apis/api-001");
        plan.Summary.ShouldNotContain(line => line.Contains("region-000", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhatTheCommitHasNoLongerIsDeletedAndNothingElse()
    {
        await using var stage = await ApimStage.StartAsync();
        await using var first = new ApimDeployment(stage) { Tree = ManyApis.Tree(10) };
        await first.RunAsync();
        stage.Simulator.Portal.Put(
            "backends/by-hand",
            """{"properties":{"url":"https://x.example.com","protocol":"http"}}"""
        );
        await using var second = new ApimDeployment(stage) { Tree = ManyApis.Tree(5), Deployed = first.Run.Plan };

        var plan = (await second.PlanAsync()).Value;
        var end = await second.RunAsync();

        plan.Summary.Where(line => line.StartsWith('-'))
            .Order()
            .ShouldBe(["- apis/api-001", "- backends/backend-001", "- namedValues/region-001"]);
        end.State.ShouldBe(PlatformRunState.Succeeded, end.Message);
        var paths = stage.Simulator.State.Keys;
        paths.ShouldNotContain(path => path.Contains("-001", StringComparison.Ordinal));
        paths.ShouldContain("backends/by-hand");
    }

    [Fact]
    public async Task TheSameContentHasTheSamePlanWhateverItsCommit()
    {
        await using var stage = await ApimStage.StartAsync();
        await using var deployment = new ApimDeployment(stage) { Tree = ManyApis.Tree(5) };
        var one = (await deployment.PlanAsync()).Value.Json;
        deployment.Run = deployment.Run with { Commit = CommitId.Parse(new string('e', 40)) };

        var other = (await deployment.PlanAsync()).Value.Json;

        other.ShouldNotBe(one);
        ApprovedThing.DigestOf(other).ShouldBe(ApprovedThing.DigestOf(one));
    }

    /// <summary>Whoever approved has seen another service than there is now.</summary>
    [Fact]
    [Trait("Threat", "T127")]
    public async Task AServiceThatHasChangedSinceMakesAnotherPlanAndIsNotWritten()
    {
        await using var stage = await ApimStage.StartAsync();
        await using var first = new ApimDeployment(stage) { Tree = ManyApis.Tree(5) };
        await first.RunAsync();
        await using var second = new ApimDeployment(stage)
        {
            Tree = ManyApis.Tree(5, "https://other.example.com"),
            Deployed = first.Run.Plan,
        };
        var planned = (await second.PlanAsync()).Value.Json;
        second.Run = second.Run with { Plan = planned };
        stage.Simulator.Portal.Put(
            "apis/api-000/policies/policy",
            """{"properties":{"format":"rawxml","value":"<policies><inbound /><backend /><outbound /><on-error /></policies>"}}"""
        );
        var writes = stage.Simulator.WriteCount;

        var refused = (await second.StartAsync()).Problem.ShouldNotBeNull();

        refused.Code.ShouldBe(ProblemCode.Conflict);
        refused.Message.ShouldStartWith("the service has changed since the plan was made, and nothing was written");
        stage.Simulator.WriteCount.ShouldBe(writes);
        var again = (await second.PlanAsync()).Value;
        ApprovedThing.DigestOf(again.Json).ShouldNotBe(ApprovedThing.DigestOf(planned));
        again.Summary.ShouldContain("~ apis/api-000/policies/policy: value");
    }

    [Fact]
    public async Task WhatTheGateRefusesIsNotPlannedAndIsNamedByFileAndLine()
    {
        await using var stage = await ApimStage.StartAsync();
        await using var deployment = new ApimDeployment(stage) { Tree = ManyApis.Tree(5) };
        deployment.Tree.Add("policy.xml", "<!DOCTYPE policies SYSTEM \"file:///etc/passwd\"><policies />");

        var refused = (await deployment.PlanAsync()).Problem.ShouldNotBeNull();

        refused.Code.ShouldBe(ProblemCode.Denied);
        refused.Message.ShouldStartWith("the files are not fit to be deployed:\npolicy.xml:1: ");
        stage.Simulator.Exchanges.ShouldBeEmpty();
    }

    [Fact]
    public async Task OverridesOfAnotherServiceAreNotTaken()
    {
        await using var stage = await ApimStage.StartAsync();
        await using var deployment = new ApimDeployment(stage)
        {
            Tree = ManyApis.Tree(5),
            Environment = new ApimEnvironment { Folder = new ApimFolder("", "prod") },
        };
        deployment.Tree.Add("configuration.prod.yaml", "apimServiceName: another-service\n");

        (await deployment.PlanAsync()).Problem!.Message.ShouldStartWith(
            "configuration.prod.yaml is for the service 'another-service'"
        );

        deployment.Tree = ManyApis.Tree(5);
        deployment.Tree.Add("configuration.prod.yaml", "apimServiceName: apim-simulated\n");
        (await deployment.PlanAsync()).Problem.ShouldBeNull();
    }

    [Fact]
    [Trait("Threat", "T142")]
    public async Task WhoeverPlansMayReadAndNotWrite()
    {
        await using var stage = await ApimStage.StartAsync();
        var planning = stage.Session with { IsPlanning = true };
        var wanted = new JsonObject { ["displayName"] = "region", ["value"] = "south" };

        var read = await stage.Client.FindAsync(planning, Shop.Region, default);
        var written = await stage.Client.PutAsync(planning, Shop.Region, wanted, null, default);
        var published = await stage.Client.PutAsync(stage.Session, Shop.Region, wanted, null, default);

        read.Problem.ShouldBeNull();
        written.Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Denied);
        published.Problem.ShouldBeNull();
    }

    [Fact]
    public async Task WithoutLeaveToAskAPlanSaysWhatItCanAndCallsNobody()
    {
        await using var stage = await ApimStage.StartAsync();
        await using var deployment = new ApimDeployment(stage) { Tree = ManyApis.Tree(5) };

        var plan = (await deployment.PlanAsync(hasAccess: false)).Value;

        JsonNode.Parse(plan.Json)!["changes"].ShouldBeNull();
        JsonNode.Parse(plan.Json)!["resources"]!.AsArray().Count.ShouldBe(5);
        stage.Simulator.Exchanges.ShouldBeEmpty();
    }

    [Fact]
    public async Task AStartThatIsWithdrawnWritesNothing()
    {
        await using var stage = await ApimStage.StartAsync();
        await using var deployment = new ApimDeployment(stage)
        {
            Tree = ManyApis.Tree(5),
            Withdrawn = Problem.Conflict("canceled"),
        };

        (await deployment.StartAsync()).Problem!.Message.ShouldBe("canceled");

        stage.Simulator.WriteCount.ShouldBe(0);
        (await deployment.ReadAsync(default)).Value.ShouldBeNull();
    }

    [Fact]
    public async Task ACancelTakesBackWhatWasWritten()
    {
        await using var stage = await ApimStage.StartAsync();
        var before = stage.Picture();
        await using var deployment = new ApimDeployment(stage) { Tree = ManyApis.Tree(10) };
        await deployment.StartAsync();
        stage.Simulator.FailWrite(5, WriteFailure.LostAfter);
        (await deployment.LookAsync()).Problem!.IsTransient.ShouldBeTrue();
        stage.DifferencesTo(before).ShouldNotBeEmpty();
        deployment.Run = deployment.Run with { CancelRequested = true };

        var end = await deployment.WatchAsync();

        (end.State, end.Message).ShouldBe((PlatformRunState.Canceled, "canceled; everything is as it was"));
        stage.DifferencesTo(before).ShouldBeEmpty();
    }

    /// <summary>A start that is asked for again after a crash goes on from what was written down, whatever the service looks like by then.</summary>
    [Fact]
    [Trait("Threat", "T133")]
    public async Task AStartThatIsRepeatedGoesOnWithTheSameJournal()
    {
        await using var stage = await ApimStage.StartAsync(options => options with { OperationPolls = 0 });
        await using var deployment = new ApimDeployment(stage) { Tree = ManyApis.Tree(5) };
        var first = (await deployment.StartAsync()).Value.Id;
        stage.Simulator.FailWrite(3, WriteFailure.LostAfter);
        await deployment.LookAsync();

        (await deployment.StartAsync()).Value.Id.ShouldBe(first);

        (await deployment.WatchAsync()).State.ShouldBe(PlatformRunState.Succeeded);
    }

    [Fact]
    public async Task AStartThatIsRepeatedAfterItWasWithdrawnIsNone()
    {
        await using var stage = await ApimStage.StartAsync();
        await using var deployment = new ApimDeployment(stage) { Tree = ManyApis.Tree(5) };
        (await deployment.StartAsync()).Problem.ShouldBeNull();
        deployment.Withdrawn = Problem.Conflict("canceled");

        (await deployment.StartAsync()).Problem!.Message.ShouldBe("canceled");
    }

    /// <summary>Deleting a folder of a revision deletes that revision; the current one is nobody's to delete that way (apiops#709).</summary>
    [Fact]
    [Trait("Threat", "T137")]
    public async Task ARevisionThatGoesTakesNothingElseWithIt()
    {
        await using var stage = await ApimStage.StartAsync();
        var withRevision = ManyApis.Tree(5);
        withRevision.Add(
            "apis/api-000;rev=7/apiInformation.json",
            """{"properties":{"displayName":"Api 000","path":"p000","protocols":["https"],"apiRevision":"7","serviceUrl":"https://seven.example.com"}}"""
        );
        await using var first = new ApimDeployment(stage) { Tree = withRevision };
        (await first.RunAsync()).State.ShouldBe(PlatformRunState.Succeeded);
        stage.Simulator.State.Keys.ShouldContain("apis/api-000;rev=7");
        await using var second = new ApimDeployment(stage) { Tree = ManyApis.Tree(5), Deployed = first.Run.Plan };

        (await second.RunAsync()).State.ShouldBe(PlatformRunState.Succeeded);

        stage.Simulator.State.Keys.ShouldNotContain("apis/api-000;rev=7");
        stage.Simulator.State.Keys.ShouldContain("apis/api-000");
    }

    [Fact]
    public async Task ThreeHundredResourcesArePlannedWithinFiveSecondsOfTheServicesTime()
    {
        await using var stage = await ApimStage.StartAsync(options =>
            options with
            {
                Latency = TimeSpan.FromMilliseconds(20),
                OperationPolls = 0,
            }
        );
        await using var first = new ApimDeployment(stage) { Tree = ManyApis.Tree(300) };
        (await first.RunAsync()).State.ShouldBe(PlatformRunState.Succeeded);
        await using var second = new ApimDeployment(stage)
        {
            Tree = ManyApis.Tree(300, "https://other.example.com"),
            Deployed = first.Run.Plan,
        };
        var before = stage.Simulator.SimulatedTime;

        var plan = (await second.PlanAsync()).Value;

        var changed = JsonNode.Parse(plan.Json)!["changes"]!.AsArray().Count;
        (JsonNode.Parse(plan.Json)!["resources"]!.AsArray().Count, changed).ShouldBe((300, 60));
        (stage.Simulator.SimulatedTime - before).ShouldBeLessThan(TimeSpan.FromSeconds(5));
        var writes = stage.Simulator.WriteCount;
        (await second.RunAsync()).State.ShouldBe(PlatformRunState.Succeeded);
        (stage.Simulator.WriteCount - writes).ShouldBeLessThanOrEqualTo(3 * changed);
    }

    [Fact]
    [Trait("Threat", "T114")]
    public async Task NoTokenIsSaidToAnybody()
    {
        await using var stage = await ApimStage.StartAsync();
        await using var deployment = new ApimDeployment(stage) { Tree = ApimSample.Tree() };

        var end = await deployment.RunAsync();

        var journal = (await deployment.ReadAsync(default)).Value;
        var said = string.Join(
            '\n',
            [
                end.ToString(),
                deployment.Run.Plan,
                journal,
                .. deployment.Said,
                .. stage.Audit.Entries.Select(one => one.ToString()),
            ]
        );
        var signed = ((SigningIdentity)stage.Session.Identity).Signed;
        signed.ShouldNotBeEmpty();
        signed.ShouldAllBe(token => !said.Contains(token, StringComparison.Ordinal));
        stage.Audit.Operations.ShouldContain("entra.token.exchange");
        stage.Audit.Operations.ShouldContain("apim.apis.put");
    }
}
