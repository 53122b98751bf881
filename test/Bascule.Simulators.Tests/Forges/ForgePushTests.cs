using Bascule.Simulators.Forges;

namespace Bascule.Simulators.Tests.Forges;

public sealed class ForgePushTests
{
    [Theory]
    [InlineData(ForgeFlavour.Gitea, 0)]
    [InlineData(ForgeFlavour.Gitea, 2)]
    [InlineData(ForgeFlavour.Gogs, 0)]
    [InlineData(ForgeFlavour.Gogs, 2)]
    public async Task ARealPushArrivesAndTellsTheHook(ForgeFlavour flavour, int protocol)
    {
        await using var world = await ForgeWorld.StartAsync(flavour);
        world.Listen();
        var copy = await world.CloneAsync(protocol: protocol);
        var commit = await copy.CommitAsync("jobs/train.py", "print(1)\n", "add train job");

        await copy.RunAsync("push", "--quiet", "origin", "HEAD");

        var hook = (await world.HooksAsync()).ShouldHaveSingleItem();
        hook.Event.ShouldBe("push");
        hook.Text.ShouldContain($"\"after\": \"{commit}\"");
        (await copy.RunAsync("ls-remote", "origin", "HEAD")).ShouldStartWith(commit);
    }

    [Theory]
    [InlineData(ForgeFlavour.Gitea)]
    [InlineData(ForgeFlavour.Gogs)]
    public async Task APullRequestIsOpenedMovedAndMerged(ForgeFlavour flavour)
    {
        await using var world = await ForgeWorld.StartAsync(flavour);
        world.Listen();
        var copy = await world.CloneAsync();
        var target = await copy.RunAsync("branch", "--show-current");
        await copy.RunAsync("switch", "--quiet", "-c", "pr-1");
        await copy.CommitAsync("a.txt", "1", "one");
        await copy.RunAsync("push", "--quiet", "origin", "pr-1");
        var pull = await world.Forge.OpenPullRequestAsync(world.Repository, "alice", "pr-1", target, "PR one");
        var moved = await copy.CommitAsync("a.txt", "2", "two");
        await copy.RunAsync("push", "--quiet", "origin", "pr-1");
        await world.HooksAsync();
        (await copy.RunAsync("ls-remote", "origin", $"refs/pull/{pull.Number}/head")).ShouldStartWith(moved);

        var merge = await world.Forge.MergePullRequestAsync(world.Repository, pull.Number, "labadmin");

        (await copy.RunAsync("ls-remote", "origin", "refs/heads/" + target)).ShouldStartWith(merge);
        var events = (await world.HooksAsync()).Select(h => h.Event);
        string.Join(' ', events).ShouldBe("create push pull_request push pull_request pull_request push");
    }
}
