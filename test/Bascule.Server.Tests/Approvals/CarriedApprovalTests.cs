using Bascule.Core.Approvals;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Server.Tests.Events;
using Bascule.Server.Tests.Runs;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Approvals;

/// <summary>What does not change what was approved leaves the approval standing.</summary>
public sealed class CarriedApprovalTests : IAsyncLifetime
{
    private ServerWorld _world = null!;

    public async Task InitializeAsync() => _world = await ApprovalStage.OpenAsync(required: 2);

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task AnUnrelatedPushInAMonorepoTakesTheApprovalAlong()
    {
        var first = await _world.PushAsync('a', null, ("churn/train.py", "1"), ("other/x", "1"));
        await _world.ApproveAsync(first, _world.People.Add("grace", 10));

        var second = await _world.PushAsync('b', first.Commit, ("other/x", "2"));

        (second.Content, second.Reason).ShouldBe((first.Content, "waits for approval: 1 of 2, from group:ml-leads"));
        var carried = (await _world.GivenAsync(second)).ShouldHaveSingleItem();
        (carried.CarriedFrom, carried.Thing.Commit, carried.PersonUid).ShouldBe((first.Id, second.Commit, "p-grace"));
        (await _world.VoidAsync(first)).ShouldBe([null]);
        (await _world.TimelineAsync(second)).ShouldContain(
            $"approval: an approval of run {first.Id} stands: the same is asked for"
        );
        await _world.ApproveAsync(second, _world.People.Add("linus", 11));
        await _world.DrainAsync("run.start");
        (await _world.FindAsync(second)).State.ShouldBe(RunState.Started);
    }

    [Fact]
    public async Task WhatThePullRequestShowsAndTheMergeMakesIsApprovedOnce()
    {
        var (_, proposed) = await _world.ProposeAsync();
        (proposed.State, proposed.Environment, proposed.PullRequest).ShouldBe(
            (RunState.AwaitingApproval, "ml-prod", 1)
        );
        await _world.ApproveAsync(proposed, _world.People.Add("grace", 10));
        var approved = await _world.ApproveAsync(proposed, _world.People.Add("linus", 11));
        (approved.State, approved.Reason).ShouldBe((RunState.Planned, "approved (2 approvals); the merge runs it"));
        (await _world.DueAsync("run.start")).ShouldBeEmpty();

        var merge = await MergeAsync();

        (merge.State, merge.Content).ShouldBe((RunState.Queued, proposed.Content));
        (await _world.GivenAsync(merge)).Select(approval => approval.CarriedFrom).ShouldBe([proposed.Id, proposed.Id]);
        await _world.DrainAsync("run.start");
        (await _world.FindAsync(merge)).State.ShouldBe(RunState.Started);
        _world.Platform.RunCount.ShouldBe(1);
    }

    [Fact]
    public async Task WhatIsMissingAtTheMergeIsWaitedForThere()
    {
        var (_, proposed) = await _world.ProposeAsync();
        await _world.ApproveAsync(proposed, _world.People.Add("grace", 10));

        var merge = await MergeAsync();

        (merge.State, merge.Reason).ShouldBe(
            (RunState.AwaitingApproval, "waits for approval: 1 of 2, from group:ml-leads")
        );
        (await _world.FindAsync(proposed)).State.ShouldBe(RunState.Superseded);
    }

    [Fact]
    [Trait("Threat", "T105")]
    public async Task AMergeThatMakesSomethingElseIsApprovedAnew()
    {
        var (_, proposed) = await _world.ProposeAsync();
        await _world.ApproveAsync(proposed, _world.People.Add("grace", 10));
        await _world.ApproveAsync(proposed, _world.People.Add("linus", 11));

        var merge = await MergeAsync(("churn/slipped_in.py", "x"));

        (merge.State, merge.Content == proposed.Content).ShouldBe((RunState.AwaitingApproval, false));
        (await _world.GivenAsync(merge)).ShouldBeEmpty();
        await _world.DrainAsync("run");
        _world.Platform.Calls.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T105")]
    public async Task AnApprovalOfAPullRequestGoesOnOnce()
    {
        var (start, proposed) = await _world.ProposeAsync();
        await _world.ApproveAsync(proposed, _world.People.Add("grace", 10));
        await _world.ApproveAsync(proposed, _world.People.Add("linus", 11));
        await MergeAsync();
        await _world.PushAsync('d', FakeMirror.Id('c'), ("churn/train.py", "bad"));

        var back = await _world.PushAsync('e', FakeMirror.Id('d'), ("churn/train.py", "2"), ("churn/merged", "c"));

        (back.State, (await _world.GivenAsync(back)).Count).ShouldBe((RunState.AwaitingApproval, 0));
    }

    [Fact]
    public async Task WhatWentOnToTheMergeIsTakenBackThere()
    {
        var (_, proposed) = await _world.ProposeAsync();
        var grace = _world.People.Add("grace", 10);
        await _world.ApproveAsync(proposed, grace);
        await _world.ApproveAsync(proposed, _world.People.Add("linus", 11));
        var merge = await MergeAsync();

        var there = await _world.Get<IApprovals>().WithdrawAsync(proposed.Id, _world.ActorOf(grace), default);
        var here = await _world.Get<IApprovals>().WithdrawAsync(merge.Id, _world.ActorOf(grace), default);

        there.Problem!.Message.ShouldContain($"went on to run {merge.Id}");
        here.Value.State.ShouldBe(RunState.AwaitingApproval);
    }

    [Fact]
    [Trait("Threat", "T112")]
    public async Task AnApprovalForOneEnvironmentIsNoneForAnother()
    {
        await _world.DisposeAsync();
        _world = await ServerWorld.OpenAsync(rules: rule =>
            rule with
            {
                Approvals = new ApprovalPolicy(1, [ApprovalStage.Leads]),
            }
        );
        var file = ApprovalStage.File.Replace(
            "      push:",
            "      pull_request: { branches: [main], environment: ml-dev }\n      push:",
            StringComparison.Ordinal
        );
        var start = _world.Mirror.Commit(ServerWorld.Main, 'a', null, (".bascule.yaml", file), ("churn/train.py", "1"));
        await _world.HearAsync(Hints.Push(start));
        _world.Mirror.Commit(ApprovalStage.Head, 'b', start, ("churn/train.py", "2"));
        await _world.HearAsync(Hints.Pull(PullRequestAction.Opened, FakeMirror.Id('b')));
        var dev = (await _world.RunsAsync()).First(run => run.Environment == "ml-dev");
        var grace = _world.People.Add("grace", 10);

        await _world.ApproveAsync(dev, grace);

        (await _world.FindAsync(dev)).State.ShouldBe(RunState.Queued);
        (await _world.FindAsync(await _world.ProposedAsync())).State.ShouldBe(RunState.AwaitingApproval);
        var merge = await MergeAsync();
        (merge.Content, merge.Environment, merge.State).ShouldBe((dev.Content, "ml-prod", RunState.AwaitingApproval));
    }

    [Fact]
    [Trait("Threat", "T102")]
    public async Task AForkProposesNothingToApprove()
    {
        var start = await _world.PushAsync('a', null, ("churn/train.py", "1"));
        _world.Mirror.Commit(ApprovalStage.Head, 'b', start.Commit, ("churn/train.py", "2"));

        await _world.HearAsync(Hints.Pull(PullRequestAction.Opened, FakeMirror.Id('b')) with { HeadRepositoryId = 8 });

        (await _world.RunsAsync()).ShouldNotContain(run => run.OnMerge);
    }

    /// <summary>A merge commit on main that holds the head, and whatever else slipped in.</summary>
    private async Task<Run> MergeAsync(params (string Path, string Text)[] slipped)
    {
        var merge = _world.Mirror.Commit(ServerWorld.Main, 'c', FakeMirror.Id('b'), slipped);
        await _world.HearAsync(Hints.Push(merge));
        await _world.HearAsync(Hints.Pull(PullRequestAction.Merged, FakeMirror.Id('b')) with { MergeCommit = merge });
        return (await _world.RunsAsync()).First(run => run.Commit == merge);
    }
}
