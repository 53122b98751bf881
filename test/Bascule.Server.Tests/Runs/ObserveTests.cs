using Bascule.Core;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Runs;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Runs;

public sealed class ObserveTests : IAsyncLifetime
{
    private ServerWorld _world = null!;

    public async Task InitializeAsync() => _world = await ServerWorld.OpenAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task ARunningRunIsAskedAboutAgainLaterAndSaysSoOnce()
    {
        var run = await _world.StartAsync();

        for (var poll = 0; poll < 3; poll++)
        {
            (await _world.StepAsync("run.observe")).ShouldBeOfType<RepeatedWork>().Problem.ShouldBeNull();
            _world.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        (await _world.FindAsync(run)).Reason.ShouldBe("running");
        (await _world.TimelineAsync(run)).Count(line => line == "observe: running").ShouldBe(1);
    }

    [Fact]
    public async Task PollsGrowWithTheAgeOfTheRunUpToHalfAMinute()
    {
        await _world.StartAsync();

        (await WaitAsync()).ShouldBe(TimeSpan.FromMilliseconds(250));
        _world.Clock.Advance(TimeSpan.FromSeconds(60));
        (await WaitAsync()).ShouldBe(TimeSpan.FromSeconds(6));
        _world.Clock.Advance(TimeSpan.FromHours(20));
        (await WaitAsync()).ShouldBe(TimeSpan.FromSeconds(30));

        async Task<TimeSpan> WaitAsync() => ((RepeatedWork)await _world.StepAsync("run.observe")).Wait;
    }

    [Theory]
    [InlineData(PlatformRunState.Succeeded, RunState.Succeeded)]
    [InlineData(PlatformRunState.Failed, RunState.Failed)]
    [InlineData(PlatformRunState.Canceled, RunState.Canceled)]
    public async Task AnEndIsStoredWithEverythingThatTheRunLeft(PlatformRunState platform, RunState expected)
    {
        _world.Platform.Results = new RunResults(
            [new Metric("rmse", 0.5)],
            [new ModelVersion("main.churn", "2", null)],
            ["another run claims to be this one"]
        );

        var run = await _world.EndAsync(new Observation(platform, "the\u001b[2J end", "line 1\nline 2", null));

        (run.State, run.Reason).ShouldBe((expected, "the end"));
        (await _world.Storage.Runs.ReadMetricsAsync(run.Id, default)).ShouldBe([new Metric("rmse", 0.5)]);
        (await _world.Storage.Runs.ReadModelsAsync(run.Id, default))[0].Version.ShouldBe("2");
        (await _world.Storage.Runs.ReadLogAsync(run.Id, default)).ShouldBe("line 1\nline 2");
        (await _world.TimelineAsync(run)).ShouldContain("observe: another run claims to be this one");
        (await _world.DueAsync("run")).ShouldBeEmpty();
    }

    [Fact]
    public async Task ResultsThatCannotBeReadYetAreWaitedFor()
    {
        _world.Platform.Results = Problem.Unavailable("tracking is away");
        var run = await _world.StartAsync();
        _world.Platform.Observation = new Observation(PlatformRunState.Succeeded, null, null, null);

        (await _world.StepAsync("run.observe")).ShouldBeOfType<RepeatedWork>();
        (await _world.FindAsync(run)).State.ShouldBe(RunState.Started);

        _world.Platform.Results = RunResults.None;
        _world.Clock.Advance(TimeSpan.FromMinutes(5));
        await _world.DrainAsync("run.observe");
        (await _world.FindAsync(run)).State.ShouldBe(RunState.Succeeded);
    }

    [Fact]
    public async Task ResultsThatCannotBeReadAtAllDoNotHideTheEnd()
    {
        _world.Platform.Results = Problem.Denied("no access to the experiment");

        var run = await _world.EndAsync(new Observation(PlatformRunState.Succeeded, null, null, null));

        run.State.ShouldBe(RunState.Succeeded);
        (await _world.TimelineAsync(run)).ShouldContain("observe: results not read: no access to the experiment");
    }

    [Fact]
    public async Task ARunThatIsGoneOnThePlatformHasFailed()
    {
        var run = await _world.StartAsync();
        _world.Platform.Observation = Problem.NotFound("run p-1 was deleted");

        await _world.DrainAsync("run.observe");

        var failed = await _world.FindAsync(run);
        (failed.State, failed.Reason).ShouldBe((RunState.Failed, "run p-1 was deleted"));
    }

    [Fact]
    public async Task APlatformThatIsAwayIsWaitedForHoweverLong()
    {
        var run = await _world.StartAsync();
        _world.Platform.Observation = Problem.Limited("slow down", TimeSpan.FromSeconds(7));

        for (var attempt = 0; attempt < 20; attempt++)
        {
            ((RepeatedWork)await _world.StepAsync("run.observe")).Wait.ShouldBe(TimeSpan.FromSeconds(7));
            _world.Clock.Advance(TimeSpan.FromSeconds(7));
        }

        (await _world.FindAsync(run)).State.ShouldBe(RunState.Started);
    }

    [Fact]
    public async Task AnAbandonedPollFailsTheRun()
    {
        var run = await _world.StartAsync();

        await _world.ApplyAsync([
            .. await _world
                .Handler<ObserveHandler>()
                .AbandonAsync(run.Item(RunWork.ObserveKind), Problem.Internal("it threw"), default),
        ]);

        (await _world.FindAsync(run)).State.ShouldBe(RunState.Failed);
    }
}
