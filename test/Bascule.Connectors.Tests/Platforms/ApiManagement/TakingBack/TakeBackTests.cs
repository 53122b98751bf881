using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Platforms;
using Bascule.Simulators.Azure.Resources;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.ApiManagement.TakingBack;

/// <summary>What whole runs wrote is taken back, on the simulator.</summary>
[Trait("Threat", "T137")]
public sealed class TakeBackTests
{
    [Fact]
    public async Task TheServiceIsAsItWasBeforeTheRun()
    {
        await using var stage = await ApimStage.StartAsync();
        var story = await StoryAsync(stage);
        await using var back = new ApimDeployment(stage);

        var end = await back.RollBackAsync(story.Second);

        (end.State, end.Message).ShouldBe((PlatformRunState.Succeeded, "everything is as it was"));
        stage.DifferencesTo(story.AfterFirst).ShouldBeEmpty();
        end.LogTail.ShouldNotBeNull().ShouldContain("take back: release revision 3 of api-000, which was 2");
        back.Moves.ShouldBe(0, "the ref was moved when it was asked for");
    }

    [Fact]
    public async Task SeveralRunsAreTakenBackTheNewestFirst()
    {
        await using var stage = await ApimStage.StartAsync();
        var story = await StoryAsync(stage);
        await using var third = await DeployAsync(stage, Tree("https://three.example.com", "3"), story.Second);
        await using var back = new ApimDeployment(stage);

        var end = await back.RollBackAsync(third, story.Second);

        end.State.ShouldBe(PlatformRunState.Succeeded, end.Message);
        stage.DifferencesTo(story.AfterFirst).ShouldBeEmpty();
    }

    /// <summary>The first took the newest run back, and the second takes it back once more, as after one that failed.</summary>
    [Fact]
    public async Task WhatIsAsItWasAlreadyIsLeftAlone()
    {
        await using var stage = await ApimStage.StartAsync();
        var story = await StoryAsync(stage);
        await using var third = await DeployAsync(stage, Tree("https://three.example.com", "3"), story.Second);
        await using var first = new ApimDeployment(stage);
        await using var second = new ApimDeployment(stage);
        (await first.RollBackAsync(third)).State.ShouldBe(PlatformRunState.Succeeded);

        var end = await second.RollBackAsync(third, story.Second);

        end.State.ShouldBe(PlatformRunState.Succeeded, end.Message);
        stage.DifferencesTo(story.AfterFirst).ShouldBeEmpty();
    }

    [Fact]
    public async Task AWayBackThatIsInterruptedAnywhereIsGoneOnWithByAnotherProcess()
    {
        for (var ordinal = 1; ordinal <= 4; ordinal++)
        {
            await using var stage = await ApimStage.StartAsync(options => options with { OperationPolls = 0 });
            var story = await StoryAsync(stage);
            await using var back = new ApimDeployment(stage);
            (await back.TakeBackAsync(story.Second)).Problem.ShouldBeNull();
            stage.Simulator.FailWrite(ordinal, WriteFailure.LostAfter);
            await back.LookAsync();
            // The row of work is taken up once more, from its start.
            (await back.TakeBackAsync(story.Second)).Problem.ShouldBeNull();

            var end = await back.WatchAsync();

            end.State.ShouldBe(PlatformRunState.Succeeded, $"write {ordinal}: {end.Message}");
            stage.DifferencesTo(story.AfterFirst).ShouldBeEmpty($"write {ordinal}");
        }
    }

    [Fact]
    public async Task WhatSomebodyChangedByHandIsLeftAndNamedAndTheRestGoesBack()
    {
        await using var stage = await ApimStage.StartAsync();
        var story = await StoryAsync(stage);
        stage.Simulator.Portal.Put("policies/policy", Policy("by-hand"));
        await using var back = new ApimDeployment(stage);

        var end = await back.RollBackAsync(story.Second);

        end.State.ShouldBe(PlatformRunState.Failed);
        end.Message.ShouldNotBeNull()
            .ShouldStartWith(
                "not everything could be taken back: somebody else has changed policies/policy since; it is left as it is"
            );
        stage.Picture()["policies/policy"].ShouldContain("by-hand");
        stage.DifferencesTo(story.AfterFirst).ShouldHaveSingleItem().ShouldStartWith("policies/policy");
    }

    [Fact]
    public async Task ARevisionThatSomebodyChangedIsCurrentNoMoreAndIsKept()
    {
        await using var stage = await ApimStage.StartAsync();
        var story = await StoryAsync(stage, withApiPolicy: true);
        stage.Simulator.Portal.Put("apis/api-000;rev=3/policies/policy", Policy("by-hand"));
        await using var back = new ApimDeployment(stage);

        var end = await back.RollBackAsync(story.Second);

        end.State.ShouldBe(PlatformRunState.Failed);
        end.Message.ShouldNotBeNull().ShouldContain("is not the current revision any more, and is kept with that");
        stage.Simulator.State["apis/api-000;rev=3/policies/policy"].Properties.ShouldContain("by-hand");
        stage.Simulator.State["apis/api-000"].Properties.ShouldContain("pets.example.com");
    }

    /// <summary>Another API that the same run changed goes back whole.</summary>
    [Fact]
    public async Task OnlyTheRevisionThatSomebodyChangedIsKept()
    {
        await using var stage = await ApimStage.StartAsync();
        await using var first = await DeployAsync(stage, ManyApis.Tree(10), before: null);
        var tree = ManyApis.Tree(10, "https://two.example.com");
        foreach (var api in new[] { "api-000", "api-001" })
            tree.Add($"apis/{api}/policy.xml", ApiPolicyXml("two"));
        await using var second = await DeployAsync(stage, tree, first);
        stage.Simulator.Portal.Put("apis/api-000;rev=3/policies/policy", Policy("by-hand"));
        await using var back = new ApimDeployment(stage);

        (await back.RollBackAsync(second)).State.ShouldBe(PlatformRunState.Failed);

        stage.Simulator.State.Keys.ShouldContain("apis/api-000;rev=3");
        stage.Simulator.State.Keys.ShouldNotContain("apis/api-001;rev=3");
    }

    [Fact]
    public async Task ARevisionInWhichSomebodyPutBackWhatTheRunRemovedIsKept()
    {
        await using var stage = await ApimStage.StartAsync();
        var withPolicy = Bare("https://pets.example.com").Add("apis/bare/policy.xml", ApiPolicyXml("one"));
        await using var first = await DeployAsync(stage, withPolicy, before: null);
        await using var second = await DeployAsync(stage, Bare("https://two.example.com"), first);
        stage.Simulator.State.Keys.ShouldNotContain("apis/bare;rev=3/policies/policy");
        stage.Simulator.Portal.Put("apis/bare;rev=3/policies/policy", Policy("by-hand"));
        await using var back = new ApimDeployment(stage);

        var end = await back.RollBackAsync(second);

        end.Message.ShouldNotBeNull().ShouldContain("is not the current revision any more, and is kept with that");
        stage.Simulator.State["apis/bare;rev=3/policies/policy"].Properties.ShouldContain("by-hand");
    }

    /// <summary>The time of a look is over after one write, and the clock is set back while the journal is written.</summary>
    [Fact]
    public async Task AnOlderRunWaitsUntilTheNewerOneIsTakenBackWhole()
    {
        await using var stage = await ApimStage.StartAsync(options => options with { OperationPolls = 0 });
        var story = await StoryAsync(stage);
        await using var third = await DeployAsync(stage, Tree("https://three.example.com", "3"), story.Second);
        await using var back = new ApimDeployment(stage);
        (await back.TakeBackAsync(third, story.Second)).Problem.ShouldBeNull();
        var writes = stage.Simulator.WriteCount;
        stage.Simulator.OnRequest = (method, _) =>
        {
            stage.Time.Advance(method == "GET" ? TimeSpan.Zero : TimeSpan.FromMinutes(1));
            return Task.CompletedTask;
        };
        back.Writing = () => stage.Time.Advance(TimeSpan.FromMinutes(-1));

        (await back.LookAsync()).Value.State.ShouldBe(PlatformRunState.Running);

        (stage.Simulator.WriteCount - writes).ShouldBe(1);
        (stage.Simulator.OnRequest, back.Writing) = (null, null);
        (await back.WatchAsync()).State.ShouldBe(PlatformRunState.Succeeded);
        stage.DifferencesTo(story.AfterFirst).ShouldBeEmpty();
    }

    [Fact]
    public async Task WithoutAJournalNothingIsTakenBack()
    {
        await using var stage = await ApimStage.StartAsync();
        var story = await StoryAsync(stage);
        var writes = stage.Simulator.WriteCount;
        await using var unknown = new ApimDeployment(stage);
        await using var unreadable = new ApimDeployment(stage);
        await unreadable.WriteAsync("{}", default);
        await using var back = new ApimDeployment(stage);

        foreach (var earlier in new[] { unknown, unreadable })
        {
            var refused = (await back.TakeBackAsync(story.Second, earlier)).Problem.ShouldNotBeNull();
            refused.Code.ShouldBe(ProblemCode.Denied);
            refused.Message.ShouldContain("nothing was taken back; revert the commit and push that");
        }

        stage.Simulator.WriteCount.ShouldBe(writes);
        (await back.ReadAsync(default)).Value.ShouldBeNull();
    }

    [Fact]
    public async Task TheJournalOfAnotherServiceIsNotTakenBackOnThisOne()
    {
        await using var stage = await ApimStage.StartAsync();
        var story = await StoryAsync(stage);
        var writes = stage.Simulator.WriteCount;
        await using var other = new ApimDeployment(stage);
        var journal = (await story.Second.ReadAsync(default)).Value!;
        await other.WriteAsync(journal.Replace("apim-simulated", "apim-other", StringComparison.Ordinal), default);
        await using var back = new ApimDeployment(stage);

        var refused = (await back.TakeBackAsync(other)).Problem.ShouldNotBeNull();

        refused.Code.ShouldBe(ProblemCode.Denied);
        refused.Message.ShouldContain("service/apim-other, and the connection leads to");
        stage.Simulator.WriteCount.ShouldBe(writes);
    }

    [Fact]
    public async Task ARollbackThatIsWithdrawnWritesNothing()
    {
        await using var stage = await ApimStage.StartAsync();
        var story = await StoryAsync(stage);
        await using var back = new ApimDeployment(stage) { Withdrawn = Problem.Conflict("canceled") };

        (await back.TakeBackAsync(story.Second)).Problem!.Message.ShouldBe("canceled");

        (await back.ReadAsync(default)).Value.ShouldBeNull();
    }

    [Fact]
    public async Task ARollbackThatIsRepeatedAfterItWasWithdrawnIsNone()
    {
        await using var stage = await ApimStage.StartAsync();
        var story = await StoryAsync(stage);
        await using var back = new ApimDeployment(stage);
        (await back.TakeBackAsync(story.Second)).Problem.ShouldBeNull();
        back.Withdrawn = Problem.Conflict("canceled");

        (await back.TakeBackAsync(story.Second)).Problem!.Message.ShouldBe("canceled");
    }

    [Fact]
    public async Task ACancelStopsItWhereItIsAndAnotherTryGoesOn()
    {
        await using var stage = await ApimStage.StartAsync(options => options with { OperationPolls = 0 });
        var story = await StoryAsync(stage);
        await using var back = new ApimDeployment(stage);
        (await back.TakeBackAsync(story.Second)).Problem.ShouldBeNull();
        stage.Simulator.FailWrite(2, WriteFailure.LostAfter);
        (await back.LookAsync()).Problem!.IsTransient.ShouldBeTrue();
        back.Run = back.Run with { CancelRequested = true };

        var canceled = await back.WatchAsync();

        canceled.State.ShouldBe(PlatformRunState.Canceled);
        canceled.Message.ShouldNotBeNull().ShouldContain("writes are taken back");
        await using var again = new ApimDeployment(stage);
        (await again.RollBackAsync(story.Second)).State.ShouldBe(PlatformRunState.Succeeded);
        stage.DifferencesTo(story.AfterFirst).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T138")]
    public async Task ACommitThatMayNotBeDeployedAnyMoreIsTakenBackWhole()
    {
        await using var stage = await ApimStage.StartAsync();
        await using var first = await DeployAsync(stage, Tree("https://pets.example.com", "1"), before: null);
        var before = stage.Picture();
        await using var late = new ApimDeployment(stage)
        {
            Tree = Tree("https://two.example.com", "2"),
            Deployed = first.Run.Plan,
            Moved = Problem.Denied("commit aaaaaaaa was rolled back"),
        };

        var end = await late.RunAsync();

        (end.State, end.Message).ShouldBe(
            (PlatformRunState.Failed, "commit aaaaaaaa was rolled back; everything is as it was")
        );
        stage.DifferencesTo(before).ShouldBeEmpty();
        first.Moves.ShouldBe(1);
    }

    [Fact]
    public async Task ARefThatMovesInThatMomentIsAskedForAgain()
    {
        await using var stage = await ApimStage.StartAsync();
        await using var run = new ApimDeployment(stage)
        {
            Tree = ManyApis.Tree(5),
            Moved = Problem.Conflict("it was moved meanwhile"),
        };
        (await run.StartAsync()).Problem.ShouldBeNull();

        (await run.LookAsync()).Problem.ShouldNotBeNull().IsTransient.ShouldBeTrue();

        run.Moved = DateTimeOffset.UnixEpoch;
        (await run.WatchAsync()).State.ShouldBe(PlatformRunState.Succeeded);
    }

    /// <summary>Two runs: the second changes an API, the policy of the service and, where asked for, the policy of the API.</summary>
    private static async Task<Story> StoryAsync(ApimStage stage, bool withApiPolicy = false)
    {
        var first = await DeployAsync(stage, Tree("https://pets.example.com", "1"), before: null);
        var picture = stage.Picture();
        var tree = Tree("https://two.example.com", "2");
        if (withApiPolicy)
            tree.Add("apis/api-000/policy.xml", ApiPolicyXml("two"));
        return new Story(await DeployAsync(stage, tree, first), picture);
    }

    private static async Task<ApimDeployment> DeployAsync(ApimStage stage, MemoryTree tree, ApimDeployment? before)
    {
        var deployment = new ApimDeployment(stage) { Tree = tree, Deployed = before?.Run.Plan };
        (await deployment.RunAsync()).State.ShouldBe(PlatformRunState.Succeeded);
        return deployment;
    }

    private static MemoryTree Tree(string serviceUrl, string mark) =>
        ManyApis.Tree(5, serviceUrl).Add("policy.xml", PolicyXml(mark));

    private static MemoryTree Bare(string serviceUrl) =>
        MemoryTree.Of(
            (
                "apis/bare/apiInformation.json",
                $$$"""{"properties":{"displayName":"Bare","path":"bare","protocols":["https"],"serviceUrl":"{{{serviceUrl}}}"}}"""
            )
        );

    private static string ApiPolicyXml(string mark) =>
        Shop.Allowing.Replace("{{region}}", mark, StringComparison.Ordinal);

    private static string PolicyXml(string mark) =>
        $"<policies><inbound><set-header name=\"x\" exists-action=\"override\"><value>{mark}</value></set-header></inbound><backend><forward-request /></backend><outbound /><on-error /></policies>";

    private static string Policy(string mark) =>
        new JsonObject
        {
            ["properties"] = new JsonObject { ["format"] = "rawxml", ["value"] = PolicyXml(mark) },
        }.ToJsonString();

    private sealed record Story(ApimDeployment Second, IReadOnlyDictionary<string, string> AfterFirst);
}
