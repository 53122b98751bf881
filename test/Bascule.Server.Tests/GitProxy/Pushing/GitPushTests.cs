using Bascule.Core.Audit;

namespace Bascule.Server.Tests.GitProxy.Pushing;

public sealed class GitPushTests(PushStage stage) : IClassFixture<PushStage>
{
    [Fact]
    public async Task APushReachesTheForge()
    {
        await using var door = await stage.OpenAsync();
        var commit = await ChangeAsync(door);

        var (code, text) = await door.PushAsync("HEAD:refs/heads/main");

        code.ShouldBe(0, text);
        (await door.TipAsync("refs/heads/main")).ShouldBe(commit);
        text.ShouldContain("Bascule: pushed under policy 'devs'");
    }

    [Fact]
    public async Task APushIsWrittenDownBeforeAndAfter()
    {
        await using var door = await stage.OpenAsync();
        var commit = await ChangeAsync(door);

        await door.PushAsync("HEAD:refs/heads/main");

        var decided = (await door.EntriesAsync(AuditTypes.PushDecided)).ShouldHaveSingleItem();
        ((bool)decided["decision"]!["allow"]!).ShouldBeTrue();
        ((string?)decided["facts"]!["refs"]![0]!["before"]).ShouldBe(door.Repository.First);
        ((string?)decided["facts"]!["refs"]![0]!["after"]).ShouldBe(commit);
        var ended = (await door.EntriesAsync(AuditTypes.PushEnded)).ShouldHaveSingleItem();
        ((string?)ended["facts"]!["outcome"]).ShouldBe("pushed");
        ((string?)ended["links"]!["push"]).ShouldBe((string?)decided["links"]!["push"]);
    }

    [Fact]
    public async Task SeveralRefsTagsAndANewBranchGoTogether()
    {
        await using var door = await stage.OpenAsync();
        var commit = await ChangeAsync(door);
        await door.Developer.GitAsync("tag", "-a", "v1", "-m", "First");

        var (code, text) = await door.PushAsync("--atomic", "HEAD:refs/heads/main", "HEAD:refs/heads/other", "v1");

        code.ShouldBe(0, text);
        (await door.TipAsync("refs/heads/main")).ShouldBe(commit);
        (await door.TipAsync("refs/heads/other")).ShouldBe(commit);
        (await door.TipAsync("refs/tags/v1")).ShouldNotBeNull();
    }

    [Fact]
    [Trait("Threat", "T60")]
    [Trait("Threat", "T89")]
    public async Task OneRefThatIsNotAllowedStopsAll()
    {
        await using var door = await stage.OpenAsync(more: only => only with { Refs = ["refs/heads/dev/**"] });
        await ChangeAsync(door);

        var (code, text) = await door.PushAsync("HEAD:refs/heads/dev/one", "HEAD:refs/heads/main");

        code.ShouldBe(1, text);
        text.ShouldContain("remote: Bascule refused this push");
        text.ShouldContain("policy 'devs' does not cover it");
        text.ShouldContain("(refused by trust_policies.devs.refs)");
        (await door.TipAsync("refs/heads/dev/one")).ShouldBeNull();
        (await door.TipAsync("refs/heads/main")).ShouldBe(door.Repository.First);
        var entry = (await door.EntriesAsync(AuditTypes.PushDecided)).ShouldHaveSingleItem();
        ((bool)entry["decision"]!["allow"]!).ShouldBeFalse();
        (await door.EntriesAsync(AuditTypes.PushEnded)).ShouldBeEmpty();
    }

    [Fact]
    public async Task ARefThatIsAllowedGoesAlone()
    {
        await using var door = await stage.OpenAsync(more: only => only with { Refs = ["refs/heads/dev/**"] });
        var commit = await ChangeAsync(door);

        var (code, text) = await door.PushAsync("HEAD:refs/heads/dev/one");

        code.ShouldBe(0, text);
        (await door.TipAsync("refs/heads/dev/one")).ShouldBe(commit);
    }

    private static Task<string> ChangeAsync(PushDoor door)
    {
        door.Developer.Write("train.py", "print(2)\n");
        return door.Developer.CommitAsync("Change the script");
    }
}
