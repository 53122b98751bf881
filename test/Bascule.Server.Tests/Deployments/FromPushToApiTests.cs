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

        var run = await apim.Stage.WaitForRunAsync(await apim.PushAsync("south"));

        run.Run.State.ShouldBe(RunState.Failed);
        run.Run.Reason.ShouldNotBeNull().ShouldContain("everything is as it was");
        apim.Apim.State["namedValues/region"].Properties.ShouldBe(before);
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
}
