using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Events;
using Bascule.Server.Reports;
using Bascule.Server.Tests.World;
using Bascule.Server.Work;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Tests.Reports;

/// <summary>A final state is never lost: it arrives, or it waits where an operator sees it and can send it.</summary>
public sealed class DeadLetterTests : IAsyncLifetime
{
    private readonly FakeStatusForge _forge = new();
    private ServerWorld _world = null!;

    public async Task InitializeAsync() => _world = await ServerWorld.OpenAsync(_forge);

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Theory]
    [InlineData(ProblemCode.Denied)]
    [InlineData(ProblemCode.NotFound)]
    [Trait("Threat", "T136")]
    public async Task TheFinalStateArrivesAfterHoursOfAnErrorThatLooksFinal(ProblemCode code)
    {
        await _world.AddAsync(ReportStage.ARun(RunState.Succeeded));
        _forge.Failing = new Problem(code, "no");
        for (var hour = 0; hour < 20; hour++)
        {
            (await _world.StepAsync(ReportWork.StatusKind)).ShouldBeOfType<RepeatedWork>();
            _world.Clock.Advance(TimeSpan.FromHours(1));
        }

        _forge.Failing = null;
        await _world.DrainAsync(ReportWork.StatusKind);

        _forge.Statuses.ShouldHaveSingleItem().State.ShouldBe(CommitStatusState.Success);
    }

    [Fact]
    [Trait("Threat", "T136")]
    public async Task GivenUpItIsSetAsideWithItsReasonOnTheRunAndSentWhenItIsReplayed()
    {
        var run = await _world.AddAsync(ReportStage.ARun(RunState.Succeeded));
        _forge.Failing = Problem.Denied("the token may not write");

        await GiveUpAsync(ReportWork.StatusKind);

        var aside = (await _world.Storage.Work.ReadQuarantinedAsync(10, default)).ShouldHaveSingleItem();
        aside.Reason.ShouldBe("the token may not write");
        var told = (await _world.Storage.Runs.ReadTimelineAsync(run.Id, default))[^1].Text;
        told.ShouldBe(
            $"the commit status was not brought up to date: the token may not write; once that is mended: bascule event replay {aside.Item.Id}"
        );
        _forge.Failing = null;
        (await _world.Get<EventReplay>().ReplayAsync($"{aside.Item.Id}", "operator", default)).Problem.ShouldBeNull();
        await _world.DrainAsync(ReportWork.StatusKind);
        _forge.Statuses.ShouldHaveSingleItem().State.ShouldBe(CommitStatusState.Success);
    }

    [Fact]
    [Trait("Threat", "T136")]
    public async Task ACommentThatIsGivenUpIsToldOnThePullRequestsNewestRun()
    {
        await _world.ApplyAsync(new SavePullRequest(ReportStage.APull()));
        var run = await _world.AddAsync(ReportStage.AHead(RunState.Succeeded));
        _forge.Failing = Problem.NotFound("no such issue");

        await GiveUpAsync(ReportWork.CommentKind);

        (await _world.Storage.Runs.ReadTimelineAsync(run.Id, default))[^1]
            .Text.ShouldStartWith("the pull request's comment was not brought up to date: no such issue");
    }

    /// <summary>The handler's last attempt, by the dispatcher.</summary>
    private async Task GiveUpAsync(string kind)
    {
        var last = new LastAttempt(_world.Services.GetServices<IWorkHandler>().Single(handler => handler.Kind == kind));
        using var dispatcher = ActivatorUtilities.CreateInstance<Dispatcher>(
            _world.Services,
            (IEnumerable<IWorkHandler>)
                [last, .. _world.Services.GetServices<IWorkHandler>().Where(other => other.Kind != kind)]
        );
        await dispatcher.StartAsync(default);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await _world.Storage.Work.ReadQuarantinedAsync(10, default)).All(set => set.Item.Kind != kind))
            await Task.Delay(10, patience.Token);
        await dispatcher.StopAsync(default);
    }

    /// <summary>As if a day of attempts had passed already.</summary>
    private sealed class LastAttempt(IWorkHandler handler) : IWorkHandler
    {
        public string Kind => handler.Kind;

        public Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken) =>
            handler.HandleAsync(item with { Attempt = 700 }, cancellationToken);

        public Task<IReadOnlyList<Change>> AbandonAsync(
            WorkItem item,
            Problem problem,
            CancellationToken cancellationToken
        ) => handler.AbandonAsync(item, problem, cancellationToken);
    }
}
