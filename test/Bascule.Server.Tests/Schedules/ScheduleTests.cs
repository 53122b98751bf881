using Bascule.Core.Runs;
using Bascule.Server.Tests.Events;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Schedules;

/// <summary>The world's clock starts at noon; the schedule is for three at night.</summary>
public sealed class ScheduleTests : IAsyncLifetime
{
    private const string Nightly = """
        workflows:
          churn:
            on: { schedule: { cron: "0 3 * * *", branch: main, environment: ml-prod } }
            lab: { run: train.py }
        """;

    private ServerWorld _world = null!;

    public async Task InitializeAsync() => _world = await ServerWorld.OpenAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task ThePushOfAFileWithAScheduleRunsNothingYet()
    {
        await PushAsync('a', Nightly);

        (await _world.RunsAsync()).ShouldBeEmpty();
        (await NextAsync()).ShouldBe(Three(1));
    }

    [Fact]
    public async Task TheSameCommitRunsAtEveryPlannedTime()
    {
        await PushAsync('a', Nightly);

        await PassToAsync(Three(1));
        await PassToAsync(Three(2));

        var runs = await _world.RunsAsync();
        runs.Select(run => run.Trigger).ShouldBe([Trigger.Schedule(Three(2)), Trigger.Schedule(Three(1))]);
        runs.Select(run => run.Commit).Distinct().ShouldHaveSingleItem();
        runs.Select(run => run.Key).ShouldBeUnique();
        runs[0].Trigger.Text.ShouldStartWith("schedule:");
    }

    [Fact]
    public async Task TimesThatWereMissedMakeOneRunForTheLastOfThem()
    {
        await PushAsync('a', Nightly);

        await PassToAsync(Three(4).AddHours(2));

        (await _world.RunsAsync()).ShouldHaveSingleItem().Trigger.ShouldBe(Trigger.Schedule(Three(4)));
        (await NextAsync()).ShouldBe(Three(5));
    }

    [Fact]
    public async Task ARowThatIsHandledTwiceForOneTimePlansOneRun()
    {
        await PushAsync('a', Nightly);
        _world.Clock.Advance(Three(1) - _world.Clock.GetUtcNow());
        var item = (await _world.DueAsync("schedule")).ShouldHaveSingleItem();
        await _world.Handler<Bascule.Server.Schedules.ScheduleHandler>().HandleAsync(item, default); // lost with the process

        await _world.DrainAsync("schedule");

        (await _world.RunsAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task ANewTimeInTheFileHoldsFromThePushOn()
    {
        await PushAsync('a', Nightly);

        await PushAsync('b', Nightly.Replace("0 3", "30 4", StringComparison.Ordinal));

        (await NextAsync()).ShouldBe(Three(1).AddMinutes(90));
        (await _world.RunsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task AScheduleThatIsNotInTheFileAnyMoreIsGone()
    {
        await PushAsync('a', Nightly);

        await PushAsync('b', ServerWorld.File.Replace("[main]", "[none]", StringComparison.Ordinal));

        (await NextAsync()).ShouldBeNull();
        await PassToAsync(Three(3));
        (await _world.RunsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task ADeletedBranchRunsNoMore()
    {
        await PushAsync('a', Nightly);
        _world.Mirror.Point(ServerWorld.Main, null);
        await _world.DeliverAsync(Hints.Push());
        await _world.DrainAsync("event");

        await PassToAsync(Three(3));

        (await _world.RunsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task AnotherBranchCannotScheduleRunsOfThisOne()
    {
        _world.Mirror.Commit("refs/heads/side", 'a', parent: null, (".bascule.yaml", Nightly));
        await _world.DeliverAsync(Hints.Push(name: "refs/heads/side"));
        await _world.DrainAsync("event");

        (await _world.DueAsync("schedule")).ShouldBeEmpty();
    }

    [Fact]
    public async Task AnEnvironmentThatDoesNotTakePushesOfTheBranchRefuses()
    {
        await PushAsync('a', Nightly.Replace("ml-prod", "ml-dev", StringComparison.Ordinal));

        await PassToAsync(Three(1));

        var run = (await _world.RunsAsync()).ShouldHaveSingleItem();
        run.State.ShouldBe(RunState.Refused);
        run.Reason!.ShouldStartWith("environments.ml-dev.branches");
    }

    [Fact]
    public async Task APlannedRunIsStarted()
    {
        await PushAsync('a', Nightly);
        await PassToAsync(Three(1));

        await _world.DrainAsync("run.start");

        (await _world.RunsAsync()).ShouldHaveSingleItem().State.ShouldBe(RunState.Started);
    }

    [Fact]
    public async Task ConnectingBeginsWhatTheBranchesHoldAlready()
    {
        _start = _world.Clock.GetUtcNow();
        _world.Mirror.Commit(ServerWorld.Main, 'a', parent: null, (".bascule.yaml", Nightly));
        _world.Forge.Repositories.Add(ServerWorld.Repository);
        await foreach (var _ in _world.Get<Bascule.Server.Connect.Connector>().ConnectAsync(rotate: false, default)) { }

        await _world.DrainAsync("schedule");
        (await NextAsync()).ShouldBe(Three(1));
        (await _world.RunsAsync()).ShouldBeEmpty();
        await PassToAsync(Three(1));

        (await _world.RunsAsync()).ShouldHaveSingleItem().Trigger.ShouldBe(Trigger.Schedule(Three(1)));
    }

    [Fact]
    public async Task ConnectingLeavesBranchesAloneThatNoEnvironmentTakes()
    {
        var side = Nightly.Replace("branch: main", "branch: side", StringComparison.Ordinal);
        _world.Mirror.Commit("refs/heads/side", 'a', parent: null, (".bascule.yaml", side));
        _world.Forge.Repositories.Add(ServerWorld.Repository);
        await foreach (var _ in _world.Get<Bascule.Server.Connect.Connector>().ConnectAsync(rotate: false, default)) { }

        await _world.DrainAsync("schedule.begin");

        (await _world.DueAsync("schedule")).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T106")]
    public async Task RewrittenHistoryIsNotRunUntilAPersonAskedForIt()
    {
        await PushAsync('a', Nightly);
        _world.Mirror.Point(ServerWorld.Main, null);
        await PushAsync('b', Nightly);

        await PassToAsync(Three(1));
        var stopped = (await _world.RunsAsync())[0];
        stopped.State.ShouldBe(RunState.Refused);
        (await _world.Get<IRunCommands>().RetryAsync(stopped.Id, "operator", default)).Problem.ShouldBeNull();
        await PassToAsync(Three(2));

        (await _world.RunsAsync())[0].State.ShouldBe(RunState.Queued);
    }

    private DateTimeOffset Three(int days) => new(_start.UtcDateTime.Date.AddDays(days).AddHours(3), TimeSpan.Zero);

    private DateTimeOffset _start;

    private async Task PushAsync(char digit, string file)
    {
        if (_start == default)
            _start = _world.Clock.GetUtcNow();
        var parent = _world.Mirror.TipOf(ServerWorld.Main);
        _world.Mirror.Commit(ServerWorld.Main, digit, parent, (".bascule.yaml", file));
        await _world.DeliverAsync(Hints.Push());
        await _world.DrainAsync("event");
        await _world.DrainAsync("schedule");
    }

    private async Task PassToAsync(DateTimeOffset time)
    {
        _world.Clock.Advance(time - _world.Clock.GetUtcNow());
        await _world.DrainAsync("schedule");
    }

    private async Task<DateTimeOffset?> NextAsync() =>
        (
            await _world.Storage.Schedules.FindAsync(
                ServerWorld.Churn,
                Bascule.Core.Forges.RefName.Parse(ServerWorld.Main),
                "churn",
                default
            )
        )?.NextAt;
}
