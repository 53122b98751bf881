using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Runs;
using Bascule.Simulators.Azure.Resources;

namespace Bascule.Server.Tests.Deployments;

/// <summary>The way back of an API Management service through the whole server. Forge, service and Entra are simulated.</summary>
[Trait("Threat", "T138")]
public sealed class RollBackApiTests
{
    [Fact]
    [Trait("Capability", "Rollback")]
    public async Task ARollbackBringsThePreviousRevisionAndThePolicyOfTheRecordAndTheBadCommitStaysOut()
    {
        await using var apim = await ApimServerStage.StartAsync();
        var good = await apim.DeployAsync("one");
        var before = apim.Picture();
        var bad = await apim.DeployAsync("two");
        apim.Picture().ShouldNotBe(before);

        var back = await apim.RollBackAsync();

        (back.Commit, back.RolledBackBecause).ShouldBe((good, "callers fail"));
        var run = await apim.WaitForRollbackAsync(back);
        (run.Run.State, run.Run.Commit).ShouldBe((RunState.Succeeded, good), run.Run.Reason);
        run.Run.RollsBack.ShouldBe([(await RunOfAsync(apim, bad)).Id]);
        apim.Picture().ShouldBe(before);
        var told = await apim.Stage.WaitForRunAsync(
            bad,
            one => one.Timeline.Count(entry => entry.Step == "rollback") == 3
        );
        told.Timeline.Where(entry => entry.Step == "rollback")
            .ShouldContain(entry => entry.Text == $"rolled back in apis-prod by run {back.Run}: callers fail");
        told.Timeline.ShouldContain(entry => entry.Text == $"taken back by run {back.Run}");
        await apim.Apis.WaitForStatusAsync(good, "success");
        var there = (await apim.Stage.Client.ListEnvironmentsAsync(default)).Value.Environments;
        there.Single(one => one.Name == "apis-prod").Deployed.ShouldHaveSingleItem().Commit.ShouldBe(good);
    }

    [Fact]
    public async Task TheBadCommitIsRefusedWhenSomebodyAsksForItAgainAndTheNextOneIsDeployed()
    {
        await using var apim = await ApimServerStage.StartAsync();
        await apim.DeployAsync("one");
        var bad = await apim.DeployAsync("two");
        await apim.WaitForRollbackAsync(await apim.RollBackAsync());
        var writes = apim.Apim.WriteCount;

        var again = await apim.Stage.Client.RetryRunAsync((await RunOfAsync(apim, bad)).Id, default);

        var refused = await apim.WaitForRunAsync(again.Value.Id);
        refused.Run.State.ShouldBe(RunState.Failed);
        refused.Run.Reason.ShouldNotBeNull().ShouldContain("was rolled back in environment 'apis-prod' (callers fail)");
        apim.Apim.WriteCount.ShouldBe(writes);
        await apim.DeployAsync("three");
        apim.Apim.State["apis/pets"].Properties.ShouldContain("three.example.com");
    }

    [Fact]
    public async Task ARollbackThatIsAskedForAgainAfterTheNextDeploymentTakesNothingBack()
    {
        await using var apim = await ApimServerStage.StartAsync();
        await apim.DeployAsync("one");
        await apim.DeployAsync("two");
        var back = await apim.RollBackAsync();
        await apim.WaitForRollbackAsync(back);
        await apim.DeployAsync("three");
        var before = apim.Picture();

        var again = await apim.Stage.Client.RetryRunAsync(back.Run!, default);

        var late = await apim.WaitForRunAsync(again.Value.Id);
        late.Run.State.ShouldBe(RunState.Superseded);
        late.Run.Reason.ShouldNotBeNull().ShouldContain("nothing was taken back by this run");
        apim.Picture().ShouldBe(before);
    }

    [Fact]
    public async Task ARevertIsProposedAndItsMergeChangesNothingThere()
    {
        await using var apim = await ApimServerStage.StartAsync();
        await apim.DeployAsync("one");
        var bad = await apim.DeployAsync("two");
        await apim.WaitForRollbackAsync(await apim.RollBackAsync());
        var pull = await apim.Stage.WaitForAsync(
            "the pull request that takes it back",
            () => Task.FromResult(apim.Stage.Forge.PullRequests(apim.Apis.Forge) is [var first, ..] ? first : null)
        );
        pull.HeadBranch.ShouldBe($"bascule/revert-{bad[..8]}");
        var writes = apim.Apim.WriteCount;

        var merge = await apim.Stage.Forge.MergePullRequestAsync(apim.Apis.Forge, pull.Number, "dana");

        var merged = await apim.Stage.WaitForRunAsync(merge);
        (merged.Run.State, merged.Run.Reason).ShouldBe((RunState.Succeeded, "the service was as the commit wants it"));
        apim.Apim.WriteCount.ShouldBe(writes);
    }

    /// <summary>A, B, C; back to B, and from there back to A: the second takes back B's run alone.</summary>
    [Fact]
    public async Task GoingBackOnceMoreTakesBackTheRunBelow()
    {
        await using var apim = await ApimServerStage.StartAsync();
        var first = await apim.DeployAsync("one");
        var afterFirst = apim.Picture();
        var second = await apim.DeployAsync("two");
        var afterSecond = apim.Picture();
        await apim.DeployAsync("three");

        var once = await apim.RollBackAsync();
        (await apim.WaitForRollbackAsync(once)).Run.State.ShouldBe(RunState.Succeeded);
        once.Commit.ShouldBe(second);
        apim.Picture().ShouldBe(afterSecond);

        var twice = await apim.RollBackAsync();
        var run = await apim.WaitForRollbackAsync(twice);
        (run.Run.State, twice.Commit).ShouldBe((RunState.Succeeded, first));
        run.Run.RollsBack.ShouldHaveSingleItem();
        apim.Picture().ShouldBe(afterFirst);
    }

    /// <summary>C could not be taken back whole; the way back to A takes back C once more, and then B.</summary>
    [Fact]
    public async Task WhatAFailedRollbackLeftIsTakenBackByTheNextOneTheNewestFirst()
    {
        await using var apim = await ApimServerStage.StartAsync();
        await apim.DeployAsync("one");
        var afterFirst = apim.Picture();
        await apim.DeployAsync("two");
        await apim.DeployAsync("three");
        apim.Apim.Portal.Put("policies/policy", ApimServerStage.PolicyJson("by-hand"));
        var failed = await apim.WaitForRollbackAsync(await apim.RollBackAsync());
        failed.Run.State.ShouldBe(RunState.Failed);
        apim.Apim.Portal.Put("policies/policy", ApimServerStage.PolicyJson("three"));

        var run = await apim.WaitForRollbackAsync(await apim.RollBackAsync());

        run.Run.State.ShouldBe(RunState.Succeeded, run.Run.Reason);
        run.Run.RollsBack.ShouldNotBeNull().Count.ShouldBe(2);
        apim.Picture().ShouldBe(afterFirst);
    }

    [Fact]
    public async Task WhoeverAsksTwiceAtOnceGoesBackOnce()
    {
        await using var apim = await ApimServerStage.StartAsync();
        var good = await apim.DeployAsync("one");
        var before = apim.Picture();
        await apim.DeployAsync("two");
        var there = await apim.FindDeployedAsync();

        var backs = await Task.WhenAll(
            apim.Stage.Client.RollBackAsync(there, "once", default),
            apim.Stage.Client.RollBackAsync(there, "twice", default)
        );

        var back = backs.Where(one => one.Problem is null).ShouldHaveSingleItem().Value;
        backs.ShouldContain(one => one.Problem != null && one.Problem.Code == ProblemCode.Conflict);
        await apim.WaitForRollbackAsync(back);
        (await apim.Stage.RunsOfAsync(good)).Count(run => run.RollsBack is not null).ShouldBe(1);
        apim.Picture().ShouldBe(before);
    }

    [Fact]
    [Trait("Threat", "T137")]
    public async Task WhatSomebodyChangedByHandIsNamedAndAnotherTryGoesOnOnceItIsPutRight()
    {
        await using var apim = await ApimServerStage.StartAsync();
        await apim.DeployAsync("one");
        var before = apim.Picture();
        await apim.DeployAsync("two");
        var deployed = apim.Apim.State["policies/policy"].Properties;
        apim.Apim.Portal.Put("policies/policy", ApimServerStage.PolicyJson("by-hand"));

        var back = await apim.RollBackAsync();
        var failed = await apim.WaitForRollbackAsync(back);

        failed.Run.State.ShouldBe(RunState.Failed);
        failed.Run.Reason.ShouldNotBeNull().ShouldContain("somebody else has changed policies/policy since");
        apim.Apim.State["policies/policy"].Properties.ShouldContain("by-hand");
        apim.Apim.State["apis/pets"].Properties.ShouldContain("one.example.com");
        apim.Apim.Portal.Put(
            "policies/policy",
            new JsonObject { ["properties"] = JsonNode.Parse(deployed) }.ToJsonString()
        );

        var again = await apim.Stage.Client.RetryRunAsync(back.Run!, default);

        again.Problem.ShouldBeNull();
        (await apim.WaitForRollbackAsync(back with { Run = again.Value.Id })).Run.State.ShouldBe(RunState.Succeeded);
        apim.Picture().ShouldBe(before);
    }

    [Fact]
    [Trait("Threat", "T137")]
    public async Task AWayBackThatIsInterruptedIsGoneOnWith()
    {
        await using var apim = await ApimServerStage.StartAsync();
        await apim.DeployAsync("one");
        var before = apim.Picture();
        await apim.DeployAsync("two");
        apim.Apim.FailWrite(1, WriteFailure.LostAfter);
        apim.Apim.FailWrite(3, WriteFailure.InternalAfter);

        var run = await apim.WaitForRollbackAsync(await apim.RollBackAsync());

        run.Run.State.ShouldBe(RunState.Succeeded, run.Run.Reason);
        apim.Picture().ShouldBe(before);
    }

    /// <summary>The deployment that is under way when somebody goes back does not stay, and goes first.</summary>
    [Fact]
    public async Task ADeploymentThatIsUnderWayIsTakenBackBeforeTheRollback()
    {
        await using var apim = await ApimServerStage.StartAsync();
        var good = await apim.DeployAsync("one");
        var before = apim.Picture();
        await apim.DeployAsync("two");
        var (held, release) = apim.HoldNextWrite();
        var third = await apim.PushVersionAsync("three");
        await held;

        var back = await apim.RollBackAsync();
        release();

        var late = await apim.Stage.WaitForRunAsync(third);
        late.Run.State.ShouldBe(RunState.Failed);
        late.Run.Reason.ShouldNotBeNull().ShouldContain($"is being rolled back by run {back.Run}");
        (await apim.WaitForRollbackAsync(back)).Run.State.ShouldBe(RunState.Succeeded);
        back.Commit.ShouldBe(good);
        apim.Picture().ShouldBe(before);
    }

    [Fact]
    public async Task NobodyGoesBackToWhatIsInNoRecordAnyMore()
    {
        await using var apim = await ApimServerStage.StartAsync();
        await apim.DeployAsync("one");
        await apim.DeployForgottenAsync();
        var before = apim.Picture();
        var there = await apim.FindDeployedAsync();

        var refused = await apim.Stage.Client.RollBackAsync(there, "callers fail", default);

        refused.Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Conflict);
        refused.Problem.Message.ShouldContain("is in no record any more");
        refused.Problem.Message.ShouldContain("nothing was changed; revert the commit and push that");
        (await apim.FindDeployedAsync()).Generation.ShouldBe(there.Generation);
        apim.Picture().ShouldBe(before);
    }

    private static async Task<RunSummary> RunOfAsync(ApimServerStage apim, string commit) =>
        (await apim.Stage.RunsOfAsync(commit))[^1];
}
