using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Events;

/// <summary>A fork is another number, whatever it is called. Nothing of it gets what the repository gets.</summary>
[Trait("Threat", "T103")]
public sealed class ForkTests : IAsyncLifetime
{
    private const long Fork = 8;
    private ServerWorld _world = null!;

    public async Task InitializeAsync()
    {
        _world = await ServerWorld.OpenAsync();
        _world.Mirror.Commit(ServerWorld.Main, 'a', parent: null, (".bascule.yaml", ServerWorld.File));
        await HearAsync(Hints.Push(FakeMirror.Id('a')));
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Theory]
    [InlineData(Fork)]
    [InlineData(null)]
    public async Task AHeadUnderAnotherNumberIsPlannedOnly(long? head)
    {
        var run = await ProposeAsync(head);

        (run.Environment, run.State).ShouldBe((null, RunState.Planned));
        (await _world.DueAsync("run.start")).ShouldNotContain(row => row.Subject == run.Id.Text);
    }

    [Fact]
    public async Task AHeadOfTheRepositoryItselfIsRun()
    {
        var run = await ProposeAsync(ServerWorld.Churn.Id);

        (run.Environment, run.State).ShouldBe(("ml-dev", RunState.Queued));
    }

    /// <summary>The repository was renamed, and a fork of it took its name: code that is fetched by that name is the fork's.</summary>
    [Fact]
    public async Task ARepositoryThatTookTheNameIsNotTakenForIt()
    {
        _world.Forge.Repositories.Add(ServerWorld.Repository with { Id = Fork });
        var before = (await _world.RunsAsync()).Count;
        _world.Mirror.Commit(ServerWorld.Main, 'b', FakeMirror.Id('a'), ("train.py", "steal()"));

        await _world.DeliverAsync(Hints.Push(FakeMirror.Id('b')));
        (await _world.StepAsync("event"))
            .ShouldBeOfType<RepeatedWork>()
            .Problem!.Message.ShouldContain("is another repository now (id 8, was 7)");

        (await _world.RunsAsync()).Count.ShouldBe(before);
    }

    [Fact]
    public async Task APullRequestInTheRepositoryThatTookTheNameIsNotTakenForIt()
    {
        _world.Forge.Repositories.Add(ServerWorld.Repository with { Id = Fork });
        _world.Mirror.Commit("refs/pull/1/head", 'b', FakeMirror.Id('a'), ("train.py", "steal()"));

        await _world.DeliverAsync(Hints.Pull(PullRequestAction.Opened, FakeMirror.Id('b')));
        (await _world.StepAsync("event")).ShouldBeOfType<RepeatedWork>();

        (await _world.RunsAsync()).ShouldNotContain(run => run.PullRequest == 1);
    }

    private async Task<Run> ProposeAsync(long? head)
    {
        _world.Mirror.Commit("refs/pull/1/head", 'b', FakeMirror.Id('a'), ("train.py", "2"));
        await HearAsync(Hints.Pull(PullRequestAction.Opened, FakeMirror.Id('b')) with { HeadRepositoryId = head });
        return (await _world.RunsAsync()).First(run => run.PullRequest == 1);
    }

    private async Task HearAsync(ForgeEvent happened)
    {
        await _world.DeliverAsync(happened);
        await _world.DrainAsync("event");
    }
}
