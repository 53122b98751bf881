using Bascule.Core.Forges;
using Bascule.Server.Connect;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Connect;

public sealed class BranchGuardTests
{
    private static readonly RefName Main = RefName.Parse(ServerWorld.Main);

    [Fact]
    public async Task TheBranchThatAWorkflowLeadsFromWaitsForTheCheck()
    {
        var forge = new FakeStatusForge();
        await using var world = await OpenAsync(forge);

        (await ConnectAsync(world)).ShouldContain(line =>
            line.StartsWith("Done git:ml/churn branch main: merges wait for 'bascule/ml-prod' from now on", Ordinal)
        );

        forge.Protections[Main].Requires("bascule/ml-prod").ShouldBeTrue();
        (await world.EntriesAsync("call.begun")).ShouldContain(entry =>
            (string)entry["facts"]!["operation"]! == "forge.branch.protect"
        );
    }

    [Fact]
    public async Task ASecondTimeNothingIsWritten()
    {
        var forge = new FakeStatusForge();
        await using var world = await OpenAsync(forge);
        await ConnectAsync(world);

        (await ConnectAsync(world)).ShouldContain(line => line.Contains("branch main: merges wait for '", Ordinal));

        forge.Calls.Count(call => call == "protect main").ShouldBe(1);
    }

    [Fact]
    public async Task WhatSomebodyTookAwayIsPutBackAndTold()
    {
        var forge = new FakeStatusForge();
        await using var world = await OpenAsync(forge);
        await ConnectAsync(world);
        forge.Protections[Main] = new BranchProtection(["ci"], ChecksStatuses: true, TakesPushes: false);

        (await ConnectAsync(world)).ShouldContain(
            "Done git:ml/churn branch main: somebody had taken the required check away; merges wait for 'bascule/ml-prod' again"
        );

        forge.Protections[Main].Contexts.ShouldBe(["ci", "bascule/ml-prod"]);
    }

    [Fact]
    public async Task AForgeWithoutStatusesSaysSoWithTheRemedy()
    {
        await using var world = await OpenAsync(new FakeIssueForge());

        (await ConnectAsync(world)).ShouldContain(line =>
            line.StartsWith("Bad git:ml/churn: gogs cannot make a merge wait for a status", Ordinal)
            && line.Contains("ask for approvals", Ordinal)
        );
    }

    [Fact]
    public async Task NobodyIsProtectedWhoDidNotAskForIt()
    {
        var forge = new FakeStatusForge();
        await using var world = await OpenAsync(forge, asks: false);

        await ConnectAsync(world);

        forge.Protections.ShouldBeEmpty();
    }

    private const StringComparison Ordinal = StringComparison.Ordinal;

    private static async Task<ServerWorld> OpenAsync(FakeForge forge, bool asks = true)
    {
        var world = await ServerWorld.OpenAsync(
            forge,
            rules: rule => rule with { RequiredCheck = asks && rule.Name == "ml-prod" }
        );
        forge.Repositories.Add(ServerWorld.Repository);
        world.Mirror.Commit(ServerWorld.Main, 'a', parent: null, (".bascule.yaml", ServerWorld.File));
        return world;
    }

    private static async Task<IReadOnlyList<string>> ConnectAsync(ServerWorld world)
    {
        var lines = new List<string>();
        await foreach (var finding in world.Get<Connector>().ConnectAsync(rotate: false, default))
            lines.Add($"{finding.Kind} {finding.Subject}: {finding.Text}");
        return lines;
    }
}
