using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Core.Runs;
using Bascule.Server.Tests.Runs;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Approvals;

public sealed class ApprovalTests : IAsyncLifetime
{
    private ServerWorld _world = null!;

    public async Task InitializeAsync() => _world = await ApprovalStage.OpenAsync(required: 2);

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task AGrantedRunWaitsAndHoldsNothing()
    {
        var run = await WaitAsync();

        (run.State, run.Reason).ShouldBe(
            (RunState.AwaitingApproval, "waits for approval: 0 of 2, from group:ml-leads")
        );
        (await _world.StartsAsync()).ShouldBe(0);
        (await _world.Storage.Holders.ReadLineAsync("ml-prod", "model:churn", default)).ShouldBeEmpty();
        _world.Platform.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task TheLastApprovalStartsIt()
    {
        var run = await WaitAsync();

        var first = await _world.ApproveAsync(run, _world.People.Add("grace", 10));
        first.Reason.ShouldBe("waits for approval: 1 of 2, from group:ml-leads");
        (await _world.StartsAsync()).ShouldBe(0);
        (await _world.ApproveAsync(run, _world.People.Add("linus", 11))).State.ShouldBe(RunState.Queued);
        await _world.DrainAsync("run.start");

        (await _world.FindAsync(run)).State.ShouldBe(RunState.Started);
        (await _world.TimelineAsync(run)).ShouldContain("approval: approved (2 approvals)");
    }

    [Fact]
    public async Task EachApprovalIsAnEntryWithExactlyWhatWasApproved()
    {
        var run = await WaitAsync();

        await _world.ApproveAsync(run, _world.People.Add("grace", 10));

        var entry = (await _world.EntriesAsync("approval.given")).ShouldHaveSingleItem();
        ((string)entry["actor"]!).ShouldBe("person:p-grace");
        ((string)entry["facts"]!["content"]!).ShouldBe(run.Content!.Value.Hex);
        ((string)entry["facts"]!["commit"]!).ShouldBe(run.Commit.ToString());
        ((string)entry["facts"]!["plan_sha256"]!).ShouldBe(run.PlanDigest);
        ((string)entry["facts"]!["environment"]!).ShouldBe("ml-prod");
    }

    [Fact]
    public async Task OnePersonCountsOnce()
    {
        var run = await WaitAsync();
        var grace = _world.People.Add("grace", 10);
        await _world.ApproveAsync(run, grace);

        var again = await _world.GiveAsync(run, grace);

        again.Problem!.Message.ShouldStartWith("approvals.once: has approved it already");
        (await _world.FindAsync(run)).State.ShouldBe(RunState.AwaitingApproval);
    }

    [Fact]
    public async Task OneWhoTakesItBackMayGiveItAgain()
    {
        var run = await WaitAsync();
        var grace = _world.People.Add("grace", 10);
        await _world.ApproveAsync(run, grace);

        var back = await _world.Get<IApprovals>().WithdrawAsync(run.Id, _world.ActorOf(grace), default);

        back.Value.Reason.ShouldBe("waits for approval: 0 of 2, from group:ml-leads");
        (await _world.VoidAsync(run)).ShouldBe(["taken back by whoever gave it"]);
        await _world.ApproveAsync(run, grace);
        (await _world.EntriesAsync("approval.voided")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task AnApprovalTakenBackStopsARunThatHasNotStarted()
    {
        var run = await WaitAsync();
        var grace = _world.People.Add("grace", 10);
        await _world.ApproveAsync(run, grace);
        await _world.ApproveAsync(run, _world.People.Add("linus", 11));

        await _world.Get<IApprovals>().WithdrawAsync(run.Id, _world.ActorOf(grace), default);
        await _world.DrainAsync("run.start");

        (await _world.FindAsync(run)).State.ShouldBe(RunState.AwaitingApproval);
        _world.Platform.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task NothingIsTakenBackFromARunThatRuns()
    {
        var run = await WaitAsync();
        var grace = _world.People.Add("grace", 10);
        await _world.ApproveAsync(run, grace);
        await _world.ApproveAsync(run, _world.People.Add("linus", 11));
        await _world.DrainAsync("run.start");

        var late = await _world.Get<IApprovals>().WithdrawAsync(run.Id, _world.ActorOf(grace), default);

        late.Problem!.Code.ShouldBe(ProblemCode.Conflict);
        late.Problem.Message.ShouldContain("bascule run cancel");
    }

    [Fact]
    public async Task WhatNobodyApprovesInTimeIsGivenUpAndMayBeAskedForAgain()
    {
        var run = await WaitAsync();
        await _world.ApproveAsync(run, _world.People.Add("grace", 10));

        _world.Clock.Advance(TimeSpan.FromHours(73));
        await _world.DrainAsync("approval.expire");

        var expired = await _world.FindAsync(run);
        expired.State.ShouldBe(RunState.Refused);
        expired.Reason!.ShouldStartWith("expired: not approved in time (environments.ml-prod.approvals.within)");
        (await _world.VoidAsync(run)).ShouldBe(["expired"]);
        var again = await _world.Get<IRunCommands>().RetryAsync(run.Id, "operator", default);
        again.Value.State.ShouldBe(RunState.AwaitingApproval);
        (await _world.GivenAsync(again.Value)).ShouldBeEmpty();
    }

    [Fact]
    public async Task AnApprovalThatIsTooOldDoesNotCountWhenTheRunIsAboutToStart()
    {
        var run = await WaitAsync();
        await _world.ApproveAsync(run, _world.People.Add("grace", 10));
        await _world.ApproveAsync(run, _world.People.Add("linus", 11));
        _world.Clock.Advance(TimeSpan.FromHours(73));

        await _world.DrainAsync("run.start");

        (await _world.FindAsync(run)).State.ShouldBe(RunState.AwaitingApproval);
        _world.Platform.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task WhoIsRetiredMeanwhileDoesNotCount()
    {
        var run = await WaitAsync();
        var grace = _world.People.Add("grace", 10);
        await _world.ApproveAsync(run, grace);
        await _world.ApproveAsync(run, _world.People.Add("linus", 11));
        _world.People.Replace(grace with { RetiredAt = _world.Clock.GetUtcNow() });

        await _world.DrainAsync("run.start");

        (await _world.FindAsync(run)).Reason.ShouldBe("waits for approval: 1 of 2, from group:ml-leads");
    }

    [Fact]
    public async Task ARetryIsNoWayAroundApprovals()
    {
        var run = await WaitAsync();
        await _world.Get<IRunCommands>().CancelAsync(run.Id, "operator", default);
        await _world.DrainAsync("run.cancel");

        var again = await _world.Get<IRunCommands>().RetryAsync(run.Id, "operator", default);

        await _world.DrainAsync("run");

        again.Value.State.ShouldBe(RunState.AwaitingApproval);
        _world.Platform.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task ARetryOfWhatWasApprovedAndFailedNeedsNobodyAgain()
    {
        var run = await WaitAsync();
        await _world.ApproveAsync(run, _world.People.Add("grace", 10));
        await _world.ApproveAsync(run, _world.People.Add("linus", 11));
        _world.Platform.StartProblems.Enqueue(Problem.Invalid("the cluster is broken"));
        await _world.DrainAsync("run.start");

        var again = await _world.Get<IRunCommands>().RetryAsync(run.Id, "operator", default);

        again.Value.State.ShouldBe(RunState.Queued);
        (await _world.GivenAsync(again.Value)).ShouldAllBe(approval => approval.CarriedFrom == run.Id);
    }

    [Fact]
    [Trait("Threat", "T110")]
    public async Task TwoWhoApproveAtTheSameMomentBothCountAndStartItOnce()
    {
        var run = await WaitAsync();
        var grace = _world.People.Add("grace", 10);
        var linus = _world.People.Add("linus", 11);

        var given = await Task.WhenAll(_world.GiveAsync(run, grace), _world.GiveAsync(run, linus));

        given.ShouldAllBe(answer => answer.Problem == null);
        (await _world.FindAsync(run)).State.ShouldBe(RunState.Queued);
        (await _world.StartsAsync()).ShouldBe(1);
    }

    [Fact]
    [Trait("Threat", "T110")]
    public async Task OfManyWhoApproveOneLastOneStartsIt()
    {
        var run = await WaitAsync();
        var people = Enumerable.Range(0, 6).Select(at => _world.People.Add($"lead{at}", 20 + at)).ToList();

        var given = await Task.WhenAll(people.Select(person => _world.GiveAsync(run, person)));

        given.Count(answer => answer.Problem is null).ShouldBe(2);
        (await _world.EntriesAsync("approval.given")).Count.ShouldBe(2);
        (await _world.StartsAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task WhoWaitsIsListedWithWhatTheRulesSay()
    {
        var run = await WaitAsync();
        var grace = _world.People.Add("grace", 10);
        var ada = _world.People.Add("ada", ServerWorld.Ada.Id);

        var forGrace = await _world.Get<IApprovals>().ListWaitingAsync(_world.ActorOf(grace), null, default);
        var forAda = await _world.Get<IApprovals>().ListWaitingAsync(_world.ActorOf(ada), null, default);

        forGrace.ShouldHaveSingleItem().CanApprove.ShouldBeTrue();
        forAda.ShouldHaveSingleItem().Run.Id.ShouldBe(run.Id);
        forAda[0].Checks.Single(check => !check.Passed).Rule.ShouldBe("approvals.not_pusher");
    }

    private Task<Run> WaitAsync() => _world.PushAsync('a', null, ("churn/train.py", "1"));
}
