using Bascule.Core;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Core.Workflows;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Runs;

/// <summary>Two workflows of one push, which change the same target in the same environment.</summary>
public sealed class OrderTests : IAsyncLifetime
{
    private const string Two = """
        workflows:
          churn: { on: { push: { branches: [main], environment: ml-prod } }, lab: { run: train.py } }
          other: { on: { push: { branches: [main], environment: ml-prod } }, lab: { run: train.py } }
        """;

    private static readonly Observation Success = new(PlatformRunState.Succeeded, null, null, null);
    private ServerWorld _world = null!;

    public async Task InitializeAsync() => _world = await ServerWorld.OpenAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task WhoComesSecondWaitsAndSaysForWhom()
    {
        var (first, second) = await StartBothAsync();

        first.State.ShouldBe(RunState.Started);
        (second.State, second.Reason).ShouldBe(
            (RunState.Queued, $"waits for run {first.Id} of main, which holds model:churn in ml-prod")
        );
        _world.Platform.RunCount.ShouldBe(1);
        _world.Platform.Calls.Count(call => call == "start").ShouldBe(1); // nothing is uploaded in vain
    }

    [Fact]
    public async Task TheEndOfTheHolderWakesWhoWaits()
    {
        var (_, second) = await StartBothAsync();
        (await _world.DueAsync("run.start")).ShouldBeEmpty();

        await EndStartedAsync();

        (await _world.DueAsync("run.start")).ShouldHaveSingleItem(); // without any passing of time
        await _world.DrainAsync("run.start");
        (await _world.FindAsync(second)).State.ShouldBe(RunState.Started);
    }

    [Fact]
    public async Task WhoeverIsAbandonedHoldsNothingAnyMore()
    {
        var (first, second) = await StartBothAsync();

        await _world.ApplyAsync([
            .. await _world
                .Handler<Bascule.Server.Runs.ObserveHandler>()
                .AbandonAsync(first.Item("run.observe"), Problem.Internal("it threw"), default),
        ]);
        await _world.DrainAsync("run.start");

        (await _world.FindAsync(second)).State.ShouldBe(RunState.Started);
    }

    [Fact]
    public async Task MoreRunWhereTheServerAllowsMore()
    {
        await ReopenAsync(new EnvironmentLimits(MaxRunning: 2, DailyHours: null));

        var (first, second) = await StartBothAsync();

        (first.State, second.State).ShouldBe((RunState.Started, RunState.Started));
    }

    [Fact]
    public async Task AWorkflowMayAskForLessThanTheServerAllowsAndNeverForMore()
    {
        await ReopenAsync(new EnvironmentLimits(MaxRunning: 2, DailyHours: null));
        var narrow = Two.Replace("other: {", "other: { concurrency: { max_running: 1 },", StringComparison.Ordinal);

        var (_, second) = await StartBothAsync(narrow);

        second.State.ShouldBe(RunState.Queued);
        await ReopenAsync(EnvironmentLimits.Default);
        var wide = Two.Replace("other: {", "other: { concurrency: { max_running: 9 },", StringComparison.Ordinal);
        (await StartBothAsync(wide)).Second.State.ShouldBe(RunState.Queued);
    }

    [Fact]
    public async Task ADeploymentSharesItsTargetWithNobodyWhateverTheLimit()
    {
        await ReopenAsync(new EnvironmentLimits(MaxRunning: 9, DailyHours: null));
        _world.Platform.HoldsAlone = true;

        (await StartBothAsync()).Second.State.ShouldBe(RunState.Queued);
    }

    [Fact]
    public async Task WhoeverWaitsIsCanceledAtOnceAndHoldsUpNobody()
    {
        var (_, second) = await StartBothAsync();

        await _world.Get<IRunCommands>().CancelAsync(second.Id, "operator", default);
        await _world.DrainAsync("run.cancel");
        await _world.DrainAsync("run.start");

        (await _world.FindAsync(second)).State.ShouldBe(RunState.Canceled);
        var line = await _world.Storage.Holders.ReadLineAsync("ml-prod", "model:churn", default);
        line.ShouldHaveSingleItem().Holds.ShouldBeTrue();
        _world.Clock.Advance(TimeSpan.FromDays(1));
        (await _world.DueAsync("run.start")).ShouldBeEmpty();
    }

    [Fact]
    public async Task WhoeverCannotStartLetsTheNextOneGoFirst()
    {
        await PushAsync('a', Two);
        _world.Platform.StartProblems.Enqueue(Problem.Unavailable("the workspace is away"));

        await _world.DrainAsync("run.start");

        (await _world.RunsAsync()).Select(run => run.State).ShouldBe([RunState.Started, RunState.Queued]);
    }

    [Fact]
    [Trait("Threat", "T110")]
    public async Task ARunThatWasBegunStaysTheHolderWhateverHappensUntilItEnds()
    {
        await PushAsync('a', Two);
        _world.Platform.WhileLaunching = () => throw new InvalidOperationException("the process is gone");
        await Should.ThrowAsync<InvalidOperationException>(() => _world.StepAsync("run.start"));

        _world.Platform.WhileLaunching = null;

        await _world.DrainAsync("run.start");

        _world.Platform.RunCount.ShouldBe(1);
        (await _world.Storage.Holders.ReadLineAsync("ml-prod", "model:churn", default))
            .Count(place => place.Holds)
            .ShouldBe(1);
    }

    [Fact]
    public async Task ANewerCommitReplacesTheRunThatWaitsAndNotTheOneThatRuns()
    {
        var running = await PushAsync('a');
        await _world.DrainAsync("run.start");
        var waiting = await PushAsync('b');
        await _world.DrainAsync("run.start");

        var newest = await PushAsync('c');
        await _world.DrainAsync("run.start");

        (await _world.FindAsync(running)).State.ShouldBe(RunState.Started);
        var superseded = await _world.FindAsync(waiting);
        (superseded.State, superseded.Reason).ShouldBe(
            (RunState.Superseded, $"superseded by run {newest.Id} of cccccccc")
        );
        (await _world.DueAsync("report.status")).ShouldContain(row => row.Subject == waiting.Id.Text);
        await EndStartedAsync();
        await _world.DrainAsync("run.start");
        (await _world.FindAsync(newest)).State.ShouldBe(RunState.Started);
    }

    [Fact]
    public async Task APersonWhoAsksForAnOldCommitAgainGetsIt()
    {
        var old = await PushAsync('a');
        await _world.DrainAsync("run.start");
        await EndStartedAsync();
        await PushAsync('b');
        await _world.DrainAsync("run.start");

        var again = (await _world.Get<IRunCommands>().RetryAsync(old.Id, "operator", default)).Value;
        await _world.DrainAsync("run.start");

        (await _world.FindAsync(again)).State.ShouldBe(RunState.Queued); // in line, not superseded
        await EndStartedAsync();
        await _world.DrainAsync("run.start");
        (await _world.FindAsync(again)).State.ShouldBe(RunState.Started);
    }

    [Fact]
    public async Task ANewerCommitStopsTheRunningOneWhereTheWorkflowSaysSo()
    {
        var file = ServerWorld.File.Replace(
            "    lab:",
            "    concurrency: { cancel_in_progress: true }\n    lab:",
            StringComparison.Ordinal
        );
        var running = await PushAsync('a', file);
        await _world.DrainAsync("run.start");

        var newer = await PushAsync('b', file);
        await _world.DrainAsync("run.start");
        (await _world.FindAsync(newer)).Reason.ShouldBe($"waits for run {running.Id} to stop (cancel_in_progress)");
        await _world.DrainAsync("run.cancel");
        _world.Platform.Calls.ShouldContain("cancel p-1");
        _world.Platform.RunCount.ShouldBe(1);

        await EndStartedAsync(new Observation(PlatformRunState.Canceled, null, null, null));
        await _world.DrainAsync("run.start");
        (await _world.FindAsync(running)).State.ShouldBe(RunState.Canceled);
        (await _world.FindAsync(newer)).State.ShouldBe(RunState.Started);
    }

    [Fact]
    public async Task WhenTheDaysHoursAreUsedTheNextRunWaitsForTheNextDay()
    {
        await ReopenAsync(new EnvironmentLimits(MaxRunning: 2, DailyHours: 1));
        await PushAsync('a');
        await _world.DrainAsync("run.start");
        _world.Clock.Advance(TimeSpan.FromHours(1)); // it still runs, and counts
        var next = await PushAsync('b');

        await _world.DrainAsync("run.start");

        var waiting = await _world.FindAsync(next);
        waiting.State.ShouldBe(RunState.Queued);
        waiting.Reason!.ShouldContain("has used its 1 hours of today (environments.ml-prod.hours.daily)");
        await EndStartedAsync();
        _world.Clock.Advance(TimeSpan.FromDays(1));
        await _world.DrainAsync("run.start");
        (await _world.FindAsync(next)).State.ShouldBe(RunState.Started);
    }

    private async Task ReopenAsync(EnvironmentLimits limits)
    {
        await _world.DisposeAsync();
        _world = await ServerWorld.OpenAsync(limits: limits);
    }

    private async Task<Run> PushAsync(char digit, string? file = null) => await _world.QueueAsync(digit, file);

    private async Task<(Run First, Run Second)> StartBothAsync(string file = Two)
    {
        await PushAsync('a', file);
        await _world.DrainAsync("run.start");
        var runs = await _world.RunsAsync();
        return (runs[1], runs[0]);
    }

    private async Task EndStartedAsync(Observation? end = null)
    {
        _world.Platform.Observation = end ?? Success;
        await _world.DrainAsync("run.observe");
        _world.Platform.Observation = new Observation(PlatformRunState.Running, null, null, null);
    }
}
