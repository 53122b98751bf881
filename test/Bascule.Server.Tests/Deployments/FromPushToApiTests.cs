using System.Buffers.Text;
using System.Text.Json.Nodes;
using Bascule.Core.Runs;
using Bascule.Simulators.Azure.Resources;

namespace Bascule.Server.Tests.Deployments;

/// <summary>A commit through the whole server to a simulated API Management service.</summary>
public sealed class FromPushToApiTests
{
    [Fact]
    public async Task APushBecomesTheServiceWithTheRunsOwnToken()
    {
        await using var apim = await ApimServerStage.StartAsync();

        var first = await apim.Stage.WaitForRunAsync(await apim.PushAsync("north"));
        var second = await apim.Stage.WaitForRunAsync(await apim.PushAsync("south"));

        first.Run.State.ShouldBe(RunState.Succeeded, first.Run.Reason);
        second.Run.State.ShouldBe(RunState.Succeeded, second.Run.Reason);
        apim.Apim.State["namedValues/region"].Properties.ShouldContain("south");
        apim.Apim.State.Keys.ShouldContain("apis/pets");
        // The second one changed one value, and made no revision of an API that is as it was.
        apim.Apim.Writes["namedValues"].ShouldBe(2);
        apim.Apim.Writes["apis"].ShouldBe(2);
        apim.Apim.Exchanges.Where(exchange => exchange.Method == "PUT")
            .ShouldAllBe(exchange => exchange.CorrelationId != null);
    }

    [Fact]
    [Trait("Threat", "T137")]
    public async Task AWriteThatIsRefusedEndsTheRunAndLeavesTheServiceAsItWas()
    {
        await using var apim = await ApimServerStage.StartAsync();
        (await apim.Stage.WaitForRunAsync(await apim.PushAsync("north"))).Run.State.ShouldBe(RunState.Succeeded);
        var before = apim.Apim.State["namedValues/region"].Properties;
        apim.Apim.FailWrite(1, WriteFailure.PreconditionFailed);
        apim.Apim.FailWrite(2, WriteFailure.PreconditionFailed);

        var run = await apim.Stage.WaitForRunAsync(await apim.PushAsync("south"));

        run.Run.State.ShouldBe(RunState.Failed);
        run.Run.Reason.ShouldNotBeNull().ShouldContain("everything is as it was");
        apim.Apim.State["namedValues/region"].Properties.ShouldBe(before);
    }

    /// <summary>Also where nobody is asked for an approval: who reads the commit alone does not see what is deleted.</summary>
    [Fact]
    [Trait("Capability", "APIs published")]
    public async Task APullRequestShowsWhatItsMergeWouldChangeThere()
    {
        await using var apim = await ApimServerStage.StartAsync();
        (await apim.Stage.WaitForRunAsync(await apim.PushAsync("north"))).Run.State.ShouldBe(RunState.Succeeded);
        await apim.Apis.Developer.BranchAsync("south");
        var head = await apim.PushAsync("south", branch: "south");
        var writes = apim.Apim.WriteCount;

        var pullRequest = await apim.Apis.OpenAsync("south");
        await apim.Apis.WaitForCommentAsync(pullRequest, "\n~ namedValues/region: value\n");

        var plan = (await apim.Stage.WaitForRunAsync(head)).Run;
        (plan.State, plan.OnMerge).ShouldBe((RunState.Planned, true));
        apim.Apim.WriteCount.ShouldBe(writes);
    }

    /// <summary>Nobody has approved it yet: no token is signed for it that Entra would exchange for one that may write.</summary>
    [Fact]
    [Trait("Threat", "T142")]
    public async Task APullRequestIsPlannedByWhoeverMayReadAlone()
    {
        await using var apim = await ApimServerStage.StartAsync(
            ", approvals: { required: 1, from: [\"group:api-owners\"] }"
        );
        var before = await apim.PushAsync("north");
        await apim.Stage.WaitForRunAsync(before, run => run.Run.State == RunState.AwaitingApproval);
        await apim.Apis.Developer.BranchAsync("south");
        var head = await apim.PushAsync("south", branch: "south");

        var pullRequest = await apim.Apis.OpenAsync("south");
        await apim.Apis.WaitForCommentAsync(pullRequest, "\n+ namedValues/region\n");

        (await apim.Stage.WaitForRunAsync(head, _ => true)).PlanSummary.ShouldContain("+ apis/pets");

        apim.Apim.Directory.Issued.Select(ApplicationOf).Distinct().ShouldBe([apim.Planner.ClientId]);
        apim.Apim.WriteCount.ShouldBe(0);
    }

    [Fact]
    [Trait("Threat", "T126")]
    public async Task AFileThatTheGateRefusesIsNamedAndNothingIsWritten()
    {
        await using var apim = await ApimServerStage.StartAsync();
        apim.Apis.Developer.Write("policy.xml", "<!DOCTYPE policies []>\n<policies />\n");

        var run = await apim.Stage.WaitForRunAsync(await apim.PushAsync("north"));

        run.Run.State.ShouldBe(RunState.Refused);
        run.Run.Reason.ShouldNotBeNull().ShouldContain("policy.xml:1: ");
        apim.Apim.WriteCount.ShouldBe(0);
    }

    private static string ApplicationOf(string token) =>
        (string)JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[1]))!["appid"]!;
}
