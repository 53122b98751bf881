using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Events;

public sealed class PullRequestEventTests : IAsyncLifetime
{
    private const string Head = "refs/pull/1/head";
    private ServerWorld _world = null!;
    private CommitId _base;

    public async Task InitializeAsync()
    {
        _world = await ServerWorld.OpenAsync(new FakeIssueForge());
        _base = _world.Mirror.Commit(ServerWorld.Main, 'a', parent: null, (".bascule.yaml", ServerWorld.File));
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task AHeadOfTheRepositoryItselfRunsWhereItsFileAndTheServerSay()
    {
        var head = _world.Mirror.Commit(Head, 'b', _base, ("train.py", "b"));

        (await HearAsync(Hints.Pull(PullRequestAction.Opened))).ShouldBe("pull request 1 is at bbbbbbbb");

        var run = (await _world.RunsAsync()).ShouldHaveSingleItem();
        (run.State, run.Environment, run.Commit).ShouldBe((RunState.Queued, "ml-dev", head));
        (run.PullRequest, run.BaseCommit).ShouldBe((1, _base));
        (await PullAsync()).Head.ShouldBe(head);
    }

    [Fact]
    [Trait("Threat", "T52")]
    public async Task TheBasesFileJudgesAPullRequestThatChangesIt()
    {
        var widened = ServerWorld.File.Replace("environment: ml-dev", "environment: ml-prod", StringComparison.Ordinal);
        _world.Mirror.Commit(Head, 'b', _base, (".bascule.yaml", widened), ("train.py", "b"));

        await HearAsync(Hints.Pull(PullRequestAction.Opened));

        var run = (await _world.RunsAsync()).ShouldHaveSingleItem();
        (run.State, run.Environment, run.BaseCommit).ShouldBe((RunState.Queued, "ml-dev", _base));
    }

    [Fact]
    [Trait("Threat", "T52")]
    public async Task ABaseWithoutAFilePlansNothingWhateverTheHeadBrings()
    {
        _world.Mirror.Commit("refs/heads/bare", 'c', parent: null, ("readme", "c"));
        _world.Mirror.Commit(Head, 'b', FakeMirror.Id('c'), (".bascule.yaml", ServerWorld.File));

        await HearAsync(Hints.Pull(PullRequestAction.Opened) with { Base = RefName.Parse("refs/heads/bare") });

        (await _world.RunsAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(8L)]
    [InlineData(null)]
    [Trait("Threat", "T102")]
    public async Task AHeadFromAForkGetsAPlanAndIsNeverQueued(long? repository)
    {
        _world.Mirror.Commit(Head, 'b', _base, ("train.py", "b"));

        await HearAsync(Hints.Pull(PullRequestAction.Opened) with { HeadRepositoryId = repository });

        var run = (await _world.RunsAsync()).ShouldHaveSingleItem();
        (run.State, run.Environment).ShouldBe((RunState.Planned, null));
        run.Reason.ShouldBe("a head from a fork gets a plan only");
        run.Plan.ShouldNotBeNull();
        (await _world.DueAsync("run")).ShouldBeEmpty();
        _world.Platform.Calls.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T19")]
    public async Task AHeadThatTheForgeHasNotMovedYetIsLookedAtAgain()
    {
        var delivery = await _world.DeliverAsync(Hints.Pull(PullRequestAction.Opened));

        (await _world.StepAsync("event"))
            .ShouldBeOfType<RepeatedWork>()
            .Problem!.Message.ShouldContain("has not moved");
        _world.Mirror.Commit(Head, 'b', _base, ("train.py", "b"));
        _world.Clock.Advance(TimeSpan.FromSeconds(5));
        await _world.DrainAsync("event");

        (await _world.OutcomeAsync(delivery)).ShouldBe("pull request 1 is at bbbbbbbb");
        (await _world.RunsAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    [Trait("Threat", "T19")]
    public async Task AHeadThatNeverComesIsGivenUpInWords()
    {
        var delivery = await _world.DeliverAsync(Hints.Pull(PullRequestAction.Opened));

        for (var look = 0; look < 9; look++)
        {
            await _world.StepAsync("event");
            _world.Clock.Advance(TimeSpan.FromMinutes(5));
        }

        (await _world.OutcomeAsync(delivery)).ShouldBe("pull request 1 has no head at the forge; nothing follows");
        (await _world.DueAsync("event")).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T19")]
    public async Task AHeadThatMovedOnWhileItsHookWasOnItsWayIsTakenWhereItIs()
    {
        var first = _world.Mirror.Commit(Head, 'b', _base, ("train.py", "b"));
        await HearAsync(Hints.Pull(PullRequestAction.Opened, first));
        var second = _world.Mirror.Commit(Head, 'c', first, ("train.py", "c"));

        await HearAsync(Hints.Pull(PullRequestAction.Synchronized, first));

        (await _world.RunsAsync()).Select(run => run.Commit).ShouldBe([second, first]);
    }

    [Fact]
    public async Task AHeadThatIsWhereTheHookSaysIsNotWaitedFor()
    {
        var head = _world.Mirror.Commit(Head, 'b', _base, ("train.py", "b"));
        await HearAsync(Hints.Pull(PullRequestAction.Opened, head));

        var again = await HearAsync(Hints.Pull(PullRequestAction.Synchronized, head));

        again.ShouldBe("pull request 1 has not moved");
        (await _world.RunsAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    [Trait("Threat", "T07")]
    public async Task AReplayedHookIsIgnored()
    {
        _world.Mirror.Commit(Head, 'b', _base, ("train.py", "b"));
        var opened = Hints.Pull(PullRequestAction.Opened);
        var body = ((FakeWebhooks)_world.Forge.Webhooks).BodyOf(opened);
        await _world.DeliverAsync(opened, body);
        await _world.DrainAsync("event");
        await HearAsync(Hints.Pull(PullRequestAction.Closed));

        var replay = await _world.DeliverAsync(opened, body);
        await _world.DrainAsync("event");

        (await _world.OutcomeAsync(replay))!.ShouldStartWith("replayed");
        (await PullAsync()).State.ShouldBe(PullRequestState.Closed);
    }

    [Fact]
    public async Task ItsEndIsRemembered()
    {
        _world.Mirror.Commit(Head, 'b', _base, ("train.py", "b"));
        await HearAsync(Hints.Pull(PullRequestAction.Opened));

        (await HearAsync(Hints.Pull(PullRequestAction.Closed))).ShouldBe("pull request 1 was closed");
        (await PullAsync()).State.ShouldBe(PullRequestState.Closed);
        var merged = Hints.Pull(PullRequestAction.Merged) with { MergeCommit = FakeMirror.Id('c') };
        (await HearAsync(merged)).ShouldBe("pull request 1 was merged");

        var pull = await PullAsync();
        (pull.State, pull.MergeCommit).ShouldBe((PullRequestState.Merged, FakeMirror.Id('c')));
    }

    [Fact]
    public async Task AMergeWithoutItsCommitIsFoundInTheNextMoveOfTheBase()
    {
        var head = _world.Mirror.Commit(Head, 'b', _base, ("train.py", "b"));
        await _world.DeliverAsync(Hints.Push(_base));
        await HearAsync(Hints.Pull(PullRequestAction.Opened));
        await _world.DeliverAsync(Hints.Pull(PullRequestAction.Merged));
        (await _world.StepAsync("event.pull")).ShouldBeOfType<RepeatedWork>();

        var merge = _world.Mirror.Commit(ServerWorld.Main, 'c', head, ("merged", "c"));
        await HearAsync(Hints.Push(merge));
        _world.Clock.Advance(TimeSpan.FromSeconds(5));
        await _world.DrainAsync("event");

        (await PullAsync()).MergeCommit.ShouldBe(merge);
    }

    [Fact]
    public async Task EditingTheTitleAfterTheMergeDoesNotOpenItAgain()
    {
        _world.Mirror.Commit(Head, 'b', _base, ("train.py", "b"));
        await HearAsync(Hints.Pull(PullRequestAction.Opened));
        await HearAsync(Hints.Pull(PullRequestAction.Merged) with { MergeCommit = FakeMirror.Id('c') });

        await HearAsync(Hints.Pull(PullRequestAction.Edited) with { Title = "Better words" });

        var pull = await PullAsync();
        (pull.State, pull.Title).ShouldBe((PullRequestState.Merged, "Better words"));
        await HearAsync(Hints.Pull(PullRequestAction.Reopened));
        (await PullAsync()).State.ShouldBe(PullRequestState.Open);
    }

    private async Task<string?> HearAsync(ForgeEvent happened)
    {
        var delivery = await _world.DeliverAsync(happened);
        await _world.DrainAsync("event");
        return await _world.OutcomeAsync(delivery);
    }

    private async Task<PullRequest> PullAsync() =>
        (await _world.Storage.Repositories.FindPullRequestAsync(ServerWorld.Churn, 1, default)).ShouldNotBeNull();
}
