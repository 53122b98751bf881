using Bascule.Core;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Runs;
using Bascule.Server.Tests.World;
using Bascule.Server.Work;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Tests.Runs;

public sealed class CancelTests : IAsyncLifetime
{
    private ServerWorld _world = null!;

    private IRunCommands Commands => _world.Get<IRunCommands>();

    private RunCommands WithoutRoom =>
        ActivatorUtilities.CreateInstance<RunCommands>(_world.Services, FullDisk.Over(_world.Storage.Work));

    public async Task InitializeAsync() => _world = await ServerWorld.OpenAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task BeforeTheStartItEndsTheRunWithoutCallingThePlatform()
    {
        var run = await _world.QueueAsync();

        (await CancelAsync(run)).CancelRequested.ShouldBeTrue();
        await _world.DrainAsync("run");

        var canceled = await _world.FindAsync(run);
        (canceled.State, canceled.Reason).ShouldBe((RunState.Canceled, "canceled before it was started"));
        _world.Platform.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task AStartedRunIsStoppedAndAskedAtOnceHowItEnded()
    {
        var run = await _world.StartAsync();
        await _world.StepAsync("run.observe");

        await CancelAsync(run);
        _world.Platform.Observation = new Observation(PlatformRunState.Canceled, null, null, null);
        await _world.DrainAsync("run");

        _world.Platform.Calls.ShouldContain("cancel p-1");
        (await _world.FindAsync(run)).State.ShouldBe(RunState.Canceled);
        (await _world.TimelineAsync(run)).ShouldContain("cancel: asked for by operator");
    }

    [Fact]
    public async Task WhileContentIsOnItsWayTheRunEndsAndNothingIsLaunched()
    {
        var run = await _world.QueueAsync();
        _world.Platform.WhileUploading = () => CancelAsync(run);

        await DispatchUntilAsync(async () => (await _world.FindAsync(run)).State == RunState.Canceled);

        _world.Platform.RunCount.ShouldBe(0);
    }

    [Fact]
    public async Task WhileTheRunIsOnItsWayItIsNotLeftBehindOnThePlatform()
    {
        var run = await _world.QueueAsync();
        _world.Platform.WhileLaunching = () => CancelAsync(run);

        await DispatchUntilAsync(() => Task.FromResult(_world.Platform.Calls.ToArray().Contains("cancel p-1")));

        _world.Platform.RunCount.ShouldBe(1);
        (await _world.FindAsync(run)).State.ShouldBe(RunState.Started); // until the platform says how it ended
    }

    [Fact]
    public async Task AfterTheEndThereIsNothingToCancel()
    {
        var run = await _world.EndAsync(new Observation(PlatformRunState.Succeeded, null, null, null));

        var asked = await Commands.CancelAsync(run.Id, "operator", default);

        asked.Problem!.Code.ShouldBe(ProblemCode.Conflict);
        asked.Problem.Message.ShouldContain("succeeded");
        (await _world.FindAsync(run)).CancelRequested.ShouldBeFalse();
    }

    [Fact]
    public async Task AnUnknownRunCannotBeCanceled() =>
        (await Commands.CancelAsync(RunId.New(), "operator", default)).Problem!.Code.ShouldBe(ProblemCode.NotFound);

    [Fact]
    public async Task APlatformThatDoesNotAnswerIsToldAgain()
    {
        var run = await _world.StartAsync();
        await CancelAsync(run);
        _world.Platform.Cancelled = Problem.Unavailable("no answer");
        (await _world.StepAsync("run.cancel")).ShouldBeOfType<RepeatedWork>();

        _world.Platform.Cancelled = Result.Done;
        _world.Clock.Advance(TimeSpan.FromMinutes(5));
        await _world.StepAsync("run.cancel");

        _world.Platform.Calls.Count(call => call == "cancel p-1").ShouldBe(2);
        (await _world.DueAsync("run.cancel")).ShouldBeEmpty();
    }

    [Fact]
    public async Task DuringABackOffItWaitsForNothing()
    {
        var run = await _world.QueueAsync();
        _world.Platform.StartProblems.Enqueue(Problem.Limited("too many", TimeSpan.FromMinutes(9)));
        await _world.StepAsync("run.start");
        (await _world.DueAsync("run")).ShouldBeEmpty();

        await CancelAsync(run);
        await _world.DrainAsync("run"); // no time passes

        (await _world.FindAsync(run)).State.ShouldBe(RunState.Canceled);
    }

    [Fact]
    public async Task ARunThatIsPolledOnceInAWhileIsStoppedNow()
    {
        var run = await _world.StartAsync();
        _world.Clock.Advance(TimeSpan.FromHours(23));
        await _world.StepAsync("run.observe");
        (await _world.DueAsync("run")).ShouldBeEmpty();

        await CancelAsync(run);
        _world.Platform.Observation = new Observation(PlatformRunState.Canceled, null, null, null);
        await _world.DrainAsync("run"); // no time passes

        (await _world.FindAsync(run)).State.ShouldBe(RunState.Canceled);
    }

    [Fact]
    [Trait("Threat", "T110")]
    public async Task ACancelAndAStartAtOnceHaveOneWinner()
    {
        var run = await _world.QueueAsync();
        var stale = await _world.FindAsync(run);
        await CancelAsync(run);

        var begun = await _world.Storage.Work.ApplyAsync([new SaveRun(stale with { StartBegun = true })], default);

        begun.Problem!.Code.ShouldBe(ProblemCode.Conflict);
        await _world.DrainAsync("run");
        _world.Platform.RunCount.ShouldBe(0);
    }

    [Fact]
    [Trait("Threat", "T116")]
    public async Task ItGoesOnAlsoWhenTheAuditLogCannotBeWritten()
    {
        var run = await _world.QueueAsync();
        _world.Audit.Failing = Problem.Unavailable("the disk is full");

        (await CancelAsync(run)).CancelRequested.ShouldBeTrue();
        await _world.DrainAsync("run.start");

        (await _world.FindAsync(run)).State.ShouldBe(RunState.Canceled);
    }

    [Fact]
    [Trait("Threat", "T116")]
    public async Task AStartedRunIsStoppedAlsoWhenTheAuditLogCannotBeWritten()
    {
        var run = await _world.StartAsync();
        await CancelAsync(run);
        _world.Audit.Failing = Problem.Unavailable("the disk is full");

        await _world.StepAsync("run.cancel");

        _world.Platform.Calls.ShouldContain("cancel p-1");
        _world.Audit.Failing = null;
        await _world.Get<SpoolReplay>().ReplayAsync(default);
        (await _world.EntriesAsync("call.begun")).ShouldContain(entry => entry["spooled_at"] != null);
    }

    [Fact]
    [Trait("Threat", "T116")]
    public async Task ARowThatCannotBeSettledStopsTheRunOnceAndDoesNotFillTheSpool()
    {
        await CancelAsync(await _world.StartAsync());
        var row = (await _world.DueAsync("run.cancel"))[0];
        var handler = _world.Handler<CancelHandler>();

        await handler.HandleAsync(row, default);
        (await handler.HandleAsync(row, default)).ShouldBeOfType<FinishedWork>();
        _world.Platform.Calls.Count(call => call == "cancel p-1").ShouldBe(1);

        await handler.HandleAsync(row with { Revision = row.Revision + 1 }, default); // asked for again
        _world.Platform.Calls.Count(call => call == "cancel p-1").ShouldBe(2);
    }

    [Fact]
    [Trait("Threat", "T116")]
    public async Task WhenNothingCanBeStoredWhatRunsIsStoppedAtThePlatform()
    {
        var run = await _world.StartAsync();
        _world.Audit.Failing = Problem.Unavailable("the disk is full");

        (await WithoutRoom.CancelAsync(run.Id, "operator", default)).Value.CancelRequested.ShouldBeTrue();

        _world.Platform.Calls.ShouldContain("cancel p-1");
        _world.Get<AuditSpool>().ReadWaiting().Count.ShouldBe(3);
    }

    [Fact]
    [Trait("Threat", "T116")]
    public async Task WhenNothingCanBeStoredARunThatWaitsIsNotSaidToBeCancelled()
    {
        var run = await _world.QueueAsync();

        var refused = await WithoutRoom.CancelAsync(run.Id, "operator", default);

        refused.Problem!.Message.ShouldBe("the disk is full; free space");
        _world.Platform.Calls.ShouldBeEmpty();
    }

    /// <summary>With the real dispatcher, so that lanes run side by side; the clock runs fast.</summary>
    private async Task DispatchUntilAsync(Func<Task<bool>> reached)
    {
        var dispatcher = ActivatorUtilities.CreateInstance<Dispatcher>(_world.Services);
        await dispatcher.StartAsync(default);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await reached())
        {
            _world.Clock.Advance(TimeSpan.FromSeconds(10));
            _world.Storage.WorkSignal.Wake();
            await Task.Delay(10, patience.Token);
        }
        await dispatcher.StopAsync(default);
    }

    private async Task<Run> CancelAsync(Run run) => (await Commands.CancelAsync(run.Id, "operator", default)).Value;
}
