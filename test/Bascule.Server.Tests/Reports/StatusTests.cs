using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Reports;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Reports;

public sealed class StatusTests : IAsyncLifetime
{
    private readonly FakeStatusForge _forge = new();
    private ServerWorld _world = null!;

    public async Task InitializeAsync() => _world = await ServerWorld.OpenAsync(_forge);

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Theory]
    [InlineData(RunState.Queued, CommitStatusState.Pending)]
    [InlineData(RunState.Started, CommitStatusState.Pending)]
    [InlineData(RunState.Succeeded, CommitStatusState.Success)]
    [InlineData(RunState.Failed, CommitStatusState.Failure)]
    [InlineData(RunState.Refused, CommitStatusState.Error)]
    [InlineData(RunState.Canceled, CommitStatusState.Error)]
    [InlineData(RunState.Superseded, CommitStatusState.Error)]
    public async Task EachStateIsSaidInTheForgesWords(RunState state, CommitStatusState expected)
    {
        await _world.AddAsync(ReportStage.ARun(state));

        await ReportAsync();

        var posted = _forge.Statuses.ShouldHaveSingleItem();
        (posted.State, posted.Context).ShouldBe((expected, "bascule/churn/ml-prod"));
    }

    [Fact]
    public async Task ASuccessThatFallsShortIsAFailure()
    {
        await _world.AddAsync(
            ReportStage.ARun(RunState.Succeeded) with
            {
                Shortfall = "rmse is 0.5, worse than 0.4 before",
            }
        );

        await ReportAsync();

        var posted = _forge.Statuses.ShouldHaveSingleItem();
        posted.State.ShouldBe(CommitStatusState.Failure);
        posted.Description.ShouldBe("succeeded, but rmse is 0.5, worse than 0.4 before");
    }

    [Fact]
    public async Task APlanIsASuccessOfItsOwnContext()
    {
        await _world.AddAsync(ReportStage.ARun(RunState.Planned) with { Environment = null });

        await ReportAsync();

        var posted = _forge.Statuses.ShouldHaveSingleItem();
        (posted.State, posted.Context).ShouldBe((CommitStatusState.Success, "bascule/churn/plan"));
        posted.Description.ShouldBe("planned only");
    }

    [Fact]
    public async Task TheDescriptionHoldsMetricsAndFitsWhateverTheyAreCalled()
    {
        var run = await _world.AddAsync(ReportStage.ARun(RunState.Succeeded));
        await _world.ApplyAsync(
            new SaveResults(run.Id, [new Metric("rmse\r\n\u001b[31m" + new string('x', 500), 0.5)], [])
        );

        await ReportAsync();

        var description = _forge.Statuses[0].Description;
        description.ShouldStartWith("succeeded in 40.0 s, rmse x");
        description.Length.ShouldBeLessThanOrEqualTo(140);
        description.ShouldNotContain("\u001b");
    }

    [Fact]
    [Trait("Threat", "T135")]
    public async Task AStatusThatSomebodyElseWroteInOurNameIsReportedAndPutRight()
    {
        var run = await _world.AddAsync(ReportStage.ARun(RunState.Failed));
        await ReportAsync();
        _forge.Statuses.Insert(0, new PostedStatus(CommitStatusState.Success, "bascule/churn/ml-prod", "ok", 666));

        await _world.TurnAsync(run, RunState.Failed);
        await ReportAsync();

        (_forge.Statuses[0].State, _forge.Statuses[0].CreatorId).ShouldBe(
            (CommitStatusState.Failure, FakeForge.Bot.Id)
        );
        var entry = (await _world.EntriesAsync("status.forged")).ShouldHaveSingleItem();
        ((string)entry["facts"]!["context"]!).ShouldBe("bascule/churn/ml-prod");
        ((bool)entry["decision"]!["allow"]!).ShouldBeFalse();
    }

    [Fact]
    [Trait("Threat", "T135")]
    public async Task AStatusOfAnotherContextIsNobodysBusiness()
    {
        var run = await _world.AddAsync(ReportStage.ARun(RunState.Failed));
        await ReportAsync();
        _forge.Statuses.Insert(0, new PostedStatus(CommitStatusState.Success, "ci/build", "ok", 666));

        await _world.TurnAsync(run, RunState.Failed);
        await ReportAsync();

        _forge.Calls.Count.ShouldBe(1);
        (await _world.EntriesAsync("status.forged")).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T136")]
    public async Task TheFinalStateArrivesHoweverLongTheForgeIsAway()
    {
        var run = await _world.AddAsync(ReportStage.ARun(RunState.Started));
        await ReportAsync();
        await _world.TurnAsync(run, RunState.Succeeded);
        _forge.Failing = Problem.Unavailable("502");
        for (var attempt = 0; attempt < 30; attempt++)
        {
            (await _world.StepAsync(ReportWork.StatusKind)).ShouldBeOfType<RepeatedWork>();
            _world.Clock.Advance(TimeSpan.FromMinutes(5));
        }

        _forge.Failing = null;
        await ReportAsync();

        _forge.Statuses[0].State.ShouldBe(CommitStatusState.Success);
    }

    [Fact]
    [Trait("Threat", "T136")]
    public async Task WhatAnOperatorMustMendIsSetAsideAfterAboutADay()
    {
        var run = await _world.AddAsync(ReportStage.ARun(RunState.Succeeded));
        _forge.Failing = Problem.Denied("the token may not write");
        var handler = _world.Handler<StatusHandler>();

        (
            await handler.HandleAsync(ReportStage.Row(ReportWork.StatusKind, run.Id.Text, 699), default)
        ).ShouldBeOfType<RepeatedWork>();
        (await handler.HandleAsync(ReportStage.Row(ReportWork.StatusKind, run.Id.Text, 700), default))
            .ShouldBeOfType<QuarantinedWork>()
            .Problem.Message.ShouldBe("the token may not write");
    }

    [Fact]
    public async Task NothingIsPostedTwice()
    {
        var run = await _world.AddAsync(ReportStage.ARun(RunState.Succeeded));
        await ReportAsync();

        await _world.TurnAsync(run, RunState.Succeeded);
        await ReportAsync();

        _forge.Calls.ShouldHaveSingleItem();
    }

    private async Task ReportAsync()
    {
        _world.Clock.Advance(TimeSpan.FromMinutes(5));
        await _world.DrainAsync(ReportWork.StatusKind);
    }
}
