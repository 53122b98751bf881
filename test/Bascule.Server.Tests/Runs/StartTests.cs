using Bascule.Core;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Runs;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Runs;

public sealed class StartTests : IAsyncLifetime
{
    private ServerWorld _world = null!;

    public async Task InitializeAsync() => _world = await ServerWorld.OpenAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task AQueuedRunIsStartedAndThenObserved()
    {
        var run = await _world.StartAsync();

        (run.State, run.PlatformRunId, run.StartBegun).ShouldBe((RunState.Started, "p-1", true));
        run.PlatformPage.ShouldBe(new Uri("https://lab/run/1"));
        (await _world.TimelineAsync(run)).ShouldBe(
            [
                $"plan: planned for ml-prod, digest {run.PlanDigest![..12]}",
                "start: uploaded 1 file",
                "start: the platform took it as run p-1",
            ],
            ignoreOrder: true
        );
        (await _world.DueAsync("run.observe")).ShouldHaveSingleItem();
    }

    [Fact]
    [Trait("Threat", "T110")]
    [Trait("Threat", "T133")]
    public async Task AStartWhoseAnswerWasLostIsOneRunOnThePlatform()
    {
        var run = await _world.QueueAsync();
        var handler = _world.Handler<StartHandler>();
        await handler.HandleAsync(run.Item(RunWork.StartKind), default); // its result is lost with the process

        await _world.DrainAsync("run.start");

        _world.Platform.Calls.ShouldBe(["start", "start"]);
        _world.Platform.RunCount.ShouldBe(1);
        (await _world.FindAsync(run)).PlatformRunId.ShouldBe("p-1");
    }

    [Fact]
    public async Task WhatMayPassIsTriedAgainAndTheRunSaysWhyItWaits()
    {
        var run = await _world.QueueAsync();
        for (var i = 0; i < 12; i++)
            _world.Platform.StartProblems.Enqueue(Problem.Unavailable("the workspace is away"));

        for (var i = 0; i < 12; i++)
        {
            (await _world.StepAsync("run.start")).ShouldBeOfType<RepeatedWork>();
            (await _world.FindAsync(run)).Reason.ShouldBe("waiting to try again: the workspace is away");
            _world.Clock.Advance(TimeSpan.FromMinutes(5));
        }
        await _world.DrainAsync("run.start");

        var started = await _world.FindAsync(run);
        (started.State, started.Reason).ShouldBe((RunState.Started, null));
        (await _world.TimelineAsync(run)).Count(line => line.Contains("waiting to try again")).ShouldBe(1);
    }

    [Fact]
    public async Task ARefusalOfThePlatformEndsTheRunWithItsReason()
    {
        var run = await _world.QueueAsync();
        _world.Platform.StartProblems.Enqueue(Problem.Denied("the policy does not allow this cluster"));

        await _world.DrainAsync("run.start");

        var failed = await _world.FindAsync(run);
        (failed.State, failed.Reason).ShouldBe((RunState.Failed, "the policy does not allow this cluster"));
        failed.FinishedAt.ShouldBe(_world.Clock.GetUtcNow());
        (await _world.DueAsync("run")).ShouldBeEmpty();
        (await _world.DueAsync("report")).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task ARunWhoseEnvironmentIsGoneFailsBeforeAnybodyIsCalled()
    {
        var run = await _world.QueueAsync();
        await _world.ApplyAsync(new SaveRun(run with { Environment = "removed" }));

        await _world.DrainAsync("run.start");

        (await _world.FindAsync(run)).Reason.ShouldBe("environment 'removed' is not in bascule.yaml any more");
        _world.Platform.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task AnAbandonedStartFailsTheRunSoThatNobodyWaitsForIt()
    {
        var run = await _world.QueueAsync();

        await _world.ApplyAsync([
            .. await _world
                .Handler<StartHandler>()
                .AbandonAsync(run.Item(RunWork.StartKind), Problem.Internal("it threw"), default),
        ]);

        var failed = await _world.FindAsync(run);
        (failed.State, failed.Reason).ShouldBe((RunState.Failed, "it threw"));
        (await _world.DueAsync("report")).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task AnEndedRunIsNotStarted()
    {
        var run = await _world.QueueAsync();
        await _world.ApplyAsync(new SaveRun(run with { State = RunState.Superseded }));

        await _world.DrainAsync("run.start");

        _world.Platform.Calls.ShouldBeEmpty();
    }
}
