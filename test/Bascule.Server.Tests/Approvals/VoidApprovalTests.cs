using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Server.Tests.Events;
using Bascule.Server.Tests.Runs;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Approvals;

/// <summary>What changes what was approved makes the approval void, and says so.</summary>
public sealed class VoidApprovalTests : IAsyncLifetime
{
    private ServerWorld _world = null!;

    public async Task InitializeAsync() => _world = await ApprovalStage.OpenAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    [Trait("Threat", "T97")]
    public async Task APushOverItVoidsAnApprovalAndAsksAnew()
    {
        var first = await _world.PushAsync('a', null, ("churn/train.py", "1"));
        await _world.ApproveAsync(first, _world.People.Add("grace", 10));

        var second = await _world.PushAsync('b', first.Commit, ("churn/train.py", "2"));

        (await _world.VoidAsync(first)).ShouldBe([
            "main is at bbbbbbbb now, and what would run there is something else",
        ]);
        (await _world.FindAsync(first)).Reason.ShouldBe($"superseded by run {second.Id} of bbbbbbbb");
        second.State.ShouldBe(RunState.AwaitingApproval);
        (await _world.GivenAsync(second)).ShouldBeEmpty();
        await _world.DrainAsync("run");
        _world.Platform.Calls.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T97")]
    public async Task WhatIsVoidIsInTheTimelineAndTheAuditLog()
    {
        var first = await _world.PushAsync('a', null, ("churn/train.py", "1"));
        await _world.ApproveAsync(first, _world.People.Add("grace", 10));

        await _world.PushAsync('b', first.Commit, ("churn/train.py", "2"));

        (await _world.TimelineAsync(first)).ShouldContain(
            "approval: void: main is at bbbbbbbb now, and what would run there is something else"
        );
        var entry = (await _world.EntriesAsync("approval.voided")).ShouldHaveSingleItem();
        ((string)entry["facts"]!["given_by"]!).ShouldBe("person:p-grace");
        ((string)entry["actor"]!).ShouldBe("bascule");
    }

    [Fact]
    [Trait("Threat", "T97")]
    [Trait("Threat", "T100")]
    public async Task ANewHeadOfAPullRequestIsApprovedAnew()
    {
        var (_, proposed) = await _world.ProposeAsync();
        await _world.ApproveAsync(proposed, _world.People.Add("grace", 10));

        _world.Mirror.Commit(ApprovalStage.Head, 'c', FakeMirror.Id('b'), ("churn/train.py", "3"));
        await _world.HearAsync(Hints.Pull(PullRequestAction.Synchronized, FakeMirror.Id('c')));

        (await _world.VoidAsync(proposed)).ShouldHaveSingleItem().ShouldNotBeNull();
        var again = await _world.ProposedAsync();
        (again.Id == proposed.Id, again.State).ShouldBe((false, RunState.AwaitingApproval));
    }

    [Fact]
    [Trait("Threat", "T99")]
    public async Task APullRequestThatTurnsToAnotherBranchLosesItsApprovals()
    {
        var (_, proposed) = await _world.ProposeAsync();
        await _world.ApproveAsync(proposed, _world.People.Add("grace", 10));
        await PointMainAtAsync("refs/heads/main2");

        await _world.HearAsync(
            Hints.Pull(PullRequestAction.Edited, FakeMirror.Id('b')) with
            {
                Base = RefName.Parse("refs/heads/main2"),
            }
        );

        (await _world.VoidAsync(proposed)).ShouldBe(["pull request 1 goes into 'main2' now, not into 'main'"]);
        (await _world.FindAsync(proposed)).State.ShouldBe(RunState.Superseded);
    }

    [Fact]
    [Trait("Threat", "T99")]
    [Trait("Threat", "T107")]
    public async Task TurningBackBringsNoApprovalBack()
    {
        var (_, proposed) = await _world.ProposeAsync();
        await _world.ApproveAsync(proposed, _world.People.Add("grace", 10));
        await PointMainAtAsync("refs/heads/main2");
        var edited = Hints.Pull(PullRequestAction.Edited, FakeMirror.Id('b'));

        await _world.HearAsync(edited with { Base = RefName.Parse("refs/heads/main2") });
        await _world.HearAsync(edited with { Title = "Turned back" });

        var again = await _world.ProposedAsync();
        (again.Id == proposed.Id, again.State, again.Content).ShouldBe(
            (false, RunState.AwaitingApproval, proposed.Content)
        );
        (await _world.GivenAsync(again)).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T104")]
    public async Task ABaseThatChangesTheSameThingMakesTheProposalAskAgain()
    {
        var (start, proposed) = await _world.ProposeAsync();
        await _world.ApproveAsync(proposed, _world.People.Add("grace", 10));

        await _world.PushAsync('c', start, ("churn/other.py", "new"));

        (await _world.VoidAsync(proposed)).ShouldBe(["main moved to cccccccc and changed what this is based on"]);
        var asked = await _world.FindAsync(proposed);
        (asked.State, asked.BaseCommit).ShouldBe((RunState.AwaitingApproval, FakeMirror.Id('c')));
        (await _world.Storage.Approvals.FindAsync(proposed.Id, default))!.Generation.ShouldBe(2);
    }

    [Fact]
    [Trait("Threat", "T104")]
    public async Task ABaseThatChangesSomethingElseChangesNothing()
    {
        var (start, proposed) = await _world.ProposeAsync();
        await _world.ApproveAsync(proposed, _world.People.Add("grace", 10));

        await _world.PushAsync('c', start, ("other/x", "2"));

        (await _world.VoidAsync(proposed)).ShouldBe([null]);
        (await _world.FindAsync(proposed)).State.ShouldBe(RunState.Planned);
    }

    [Fact]
    [Trait("Threat", "T106")]
    public async Task RewrittenHistoryVoidsAnApprovalAlsoWhenTheContentIsTheSame()
    {
        var first = await _world.PushAsync('a', null, ("churn/train.py", "1"));
        await _world.ApproveAsync(first, _world.People.Add("grace", 10));
        _world.Mirror.Commit(
            ServerWorld.Main,
            'd',
            null,
            (".bascule.yaml", ApprovalStage.File),
            ("churn/train.py", "1")
        );

        var second = await _world.ForceAsync(FakeMirror.Id('d'));

        second.Content.ShouldBe(first.Content);
        (await _world.VoidAsync(first)).ShouldHaveSingleItem().ShouldNotBeNull();
        second.State.ShouldBe(RunState.AwaitingApproval);
    }

    [Fact]
    [Trait("Threat", "T106")]
    public async Task ADeletedBranchTakesItsWaitingRunWithIt()
    {
        var run = await _world.PushAsync('a', null, ("churn/train.py", "1"));
        await _world.ApproveAsync(run, _world.People.Add("grace", 10));
        _world.Mirror.Point(ServerWorld.Main, null);

        await _world.HearAsync(Hints.Push());
        await _world.DrainAsync("run");

        (await _world.FindAsync(run)).State.ShouldBe(RunState.Superseded);
        (await _world.VoidAsync(run)).ShouldBe(["main was deleted"]);
        _world.Platform.Calls.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Threat", "T107")]
    public async Task WhatComesBackIsNotApprovedAnyMore(bool started)
    {
        var first = await _world.PushAsync('a', null, ("churn/train.py", "1"));
        await _world.ApproveAsync(first, _world.People.Add("grace", 10));
        if (started)
            await _world.DrainAsync("run.start");
        await _world.PushAsync('b', first.Commit, ("churn/train.py", "2"));

        var back = await _world.PushAsync('c', FakeMirror.Id('b'), ("churn/train.py", "1"));

        back.Content.ShouldBe(first.Content);
        (back.State, (await _world.GivenAsync(back)).Count).ShouldBe((RunState.AwaitingApproval, 0));
    }

    [Fact]
    [Trait("Threat", "T107")]
    public async Task TheSameCommitForcedBackIsNotApprovedAnyMore()
    {
        var first = await _world.PushAsync('a', null, ("churn/train.py", "1"));
        await _world.ApproveAsync(first, _world.People.Add("grace", 10));
        await _world.PushAsync('b', first.Commit, ("churn/train.py", "2"));

        var back = await _world.ForceAsync(first.Commit);

        (back.Commit, back.State).ShouldBe((first.Commit, RunState.AwaitingApproval));
        (await _world.GivenAsync(back)).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T107")]
    public async Task ThereAndBackWithinOnePushIsNotApprovedAnyMore()
    {
        var first = await _world.PushAsync('a', null, ("churn/train.py", "1"));
        await _world.ApproveAsync(first, _world.People.Add("grace", 10));
        _world.Mirror.Commit("refs/heads/side", 'b', first.Commit, ("churn/train.py", "2"));

        var back = await _world.PushAsync('c', FakeMirror.Id('b'), ("churn/train.py", "1"), ("other/x", "2"));

        (back.Commit, back.Content).ShouldBe((FakeMirror.Id('c'), first.Content));
        (await _world.GivenAsync(back)).ShouldBeEmpty();
    }

    [Fact]
    public async Task APlanThatIsAnotherOneWhenItStartsIsAskedAboutAgain()
    {
        var run = await _world.PushAsync('a', null, ("churn/train.py", "1"));
        await _world.ApproveAsync(run, _world.People.Add("grace", 10));
        _world.Platform.PlanNote = "another cluster";

        await _world.DrainAsync("run.start");

        var asked = await _world.FindAsync(run);
        (asked.State, asked.PlanDigest == run.PlanDigest).ShouldBe((RunState.AwaitingApproval, false));
        (await _world.VoidAsync(run)).ShouldBe(["the plan is another one now"]);
        _world.Platform.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task AClosedPullRequestLosesItsApprovalsAlsoWhenItIsOpenedAgain()
    {
        var (_, proposed) = await _world.ProposeAsync();
        await _world.ApproveAsync(proposed, _world.People.Add("grace", 10));

        await _world.HearAsync(Hints.Pull(PullRequestAction.Closed, FakeMirror.Id('b')));
        await _world.HearAsync(Hints.Pull(PullRequestAction.Reopened, FakeMirror.Id('b')));

        (await _world.VoidAsync(proposed)).ShouldBe(["pull request 1 was closed"]);
        var again = await _world.ProposedAsync();
        (again.Id == proposed.Id, again.State).ShouldBe((false, RunState.AwaitingApproval));
    }

    private Task PointMainAtAsync(string name)
    {
        _world.Mirror.Point(name, FakeMirror.Id('a'));
        return _world.HearAsync(Hints.Push(FakeMirror.Id('a'), name));
    }
}
