using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Core.Schedules;
using Bascule.Core.Work;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Storage;

public abstract class HolderStoreConformance(IStorageUnderTest database) : StorageConformance(database)
{
    private const string Model = "model:churn";

    [Fact]
    public async Task TheSecondInLineCannotTakeWhatTheFirstHolds()
    {
        var (first, second) = (await JoinAsync("1"), await JoinAsync("2"));
        await ApplyAsync(new TakeTarget(first.Id, Noon), Begin(first));

        await ShouldConflictAsync(new TakeTarget(second.Id, Noon), Begin(second));

        (await Storage.Runs.FindAsync(second.Id, None))!.StartBegun.ShouldBeFalse();
        (await LineAsync()).Select(place => (place.Run, place.Holds)).ShouldBe([(first.Id, true), (second.Id, false)]);
    }

    [Theory]
    [InlineData(RunState.Succeeded)]
    [InlineData(RunState.Failed)]
    [InlineData(RunState.Canceled)]
    public async Task TheEndOfARunFreesItsTargetAndWakesTheNext(RunState end)
    {
        var (first, second) = (await JoinAsync("1"), await JoinAsync("2"));
        await ApplyAsync(new TakeTarget(first.Id, Noon), WaitOf(second));
        (await Storage.Work.ReadDueAsync(Noon, [], 10, None)).ShouldBeEmpty();

        await ApplyAsync(new SaveRun(first with { State = end, FinishedAt = Noon }));

        (await Storage.Work.ReadDueAsync(Noon, [], 10, None)).ShouldHaveSingleItem().Subject.ShouldBe(second.Id.Text);
        await ApplyAsync(new TakeTarget(second.Id, Noon));
    }

    [Fact]
    public async Task AnEndThatIsNotStoredFreesNothing()
    {
        var (first, second) = (await JoinAsync("1"), await JoinAsync("2"));
        await ApplyAsync(new TakeTarget(first.Id, Noon));

        await ShouldConflictAsync(new SaveRun(first with { State = RunState.Failed, Revision = 7 }));

        await ShouldConflictAsync(new TakeTarget(second.Id, Noon));
    }

    [Fact]
    public async Task WhereThereIsRoomForTwoTheThirdWaits()
    {
        var runs = new[] { await JoinAsync("1", 2), await JoinAsync("2", 2), await JoinAsync("3", 2) };
        await ApplyAsync(new TakeTarget(runs[1].Id, Noon)); // the first may go any moment: there is room for both
        await ApplyAsync(new TakeTarget(runs[0].Id, Noon));

        await ShouldConflictAsync(new TakeTarget(runs[2].Id, Noon));
    }

    [Fact]
    public async Task OtherTargetsAndEnvironmentsAreOtherLines()
    {
        var first = await JoinAsync("1");
        await ApplyAsync(new TakeTarget(first.Id, Noon));
        var (model, stage) = (await AddAsync("2"), await AddAsync("3"));
        await ApplyAsync(
            new JoinLine(model.Id, "ml-prod", "model:other", 1, false, "lane"),
            new JoinLine(stage.Id, "ml-dev", Model, 1, false, "lane"),
            new TakeTarget(model.Id, Noon),
            new TakeTarget(stage.Id, Noon)
        );

        (await LineAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task WhoeverLeavesGoesToTheEndAndAHolderCannotLeave()
    {
        var (first, second) = (await JoinAsync("1"), await JoinAsync("2"));
        await ApplyAsync(new LeaveLine(first.Id));
        await ApplyAsync(Join(first));
        (await LineAsync()).Select(place => place.Run).ShouldBe([second.Id, first.Id]);
        await ApplyAsync(new TakeTarget(second.Id, Noon));

        await ApplyAsync(new LeaveLine(second.Id));

        (await LineAsync())[0].Holds.ShouldBeTrue();
    }

    [Fact]
    [Trait("Threat", "T110")]
    public async Task TwoWhoTakeAtOnceHaveOneWinner()
    {
        var (first, second) = (await JoinAsync("1", 2), await JoinAsync("2"));

        var taken = await Task.WhenAll(
            Storage.Work.ApplyAsync([new TakeTarget(first.Id, Noon)], None),
            Storage.Work.ApplyAsync([new TakeTarget(second.Id, Noon)], None)
        );

        taken.Count(result => result.Problem is null).ShouldBe(1);
        (await LineAsync()).Count(place => place.Holds).ShouldBe(1);
    }

    [Fact]
    public async Task ARunThatHasEndedDoesNotStandInLine()
    {
        var run = await AddAsync("1", RunState.Canceled);

        await ApplyAsync(Join(run));

        (await LineAsync()).ShouldBeEmpty();
        await ShouldConflictAsync(new TakeTarget(run.Id, Noon));
    }

    [Fact]
    public async Task OnlyWhatRanBetweenTheTwoMomentsIsCounted()
    {
        await RanAsync("yesterday", -30, -25);
        await RanAsync("over midnight", -25, -23);
        await RanAsync("today", -3, -1);
        await RanAsync("still", -2, end: null);
        await RanAsync("not yet", start: null, end: null);
        await RanAsync("elsewhere", -3, -1, "ml-dev");

        var time = await Storage.Holders.ReadRunningTimeAsync("ml-prod", Noon.AddHours(-24), Noon, None);

        time.ShouldBe(TimeSpan.FromHours(1 + 2 + 2));
    }

    [Fact]
    public async Task AStartThatIsOnItsWayCountsFromItsBeginningAndForAMinuteAtLeast()
    {
        var run = await JoinAsync("1");
        await ApplyAsync(new TakeTarget(run.Id, Noon), Begin(run));
        await RanAsync("short", -1, -1 + (1 / 3600.0));

        var at = await Storage.Holders.ReadRunningTimeAsync("ml-prod", Noon.AddHours(-12), Noon, None);
        var later = await Storage.Holders.ReadRunningTimeAsync("ml-prod", Noon.AddHours(-12), Noon.AddHours(1), None);

        (at, later).ShouldBe((TimeSpan.FromMinutes(1 + 1), TimeSpan.FromMinutes(60 + 1)));
    }

    [Fact]
    public async Task OfManyThatStartAtOnceTheLastMinuteOfTheDaysHoursLetsOneThrough()
    {
        await RanAsync("before", -1, -0.5 / 60);
        var hours = new DailyHours("ml-prod", Noon.AddHours(-12), TimeSpan.FromHours(1));
        var runs = new List<Run>();
        for (var number = 0; number < 8; number++)
            runs.Add(await JoinAlongsideAsync($"{number}"));
        await using var replica = await OpenReplicaAsync();

        var taken = await Task.WhenAll(
            runs.Select(
                (run, number) =>
                    (number % 2 == 0 ? Storage : replica ?? Storage).Work.ApplyAsync(
                        [new TakeTarget(run.Id, Noon) { Hours = hours }, Begin(run)],
                        None
                    )
            )
        );

        taken.Count(result => result.Problem is null).ShouldBe(1);
        taken.Select(result => result.Problem).OfType<Problem>().ShouldAllBe(no => no.Code == ProblemCode.Conflict);
    }

    [Fact]
    public async Task WithHoursLeftManyStartAtOnce()
    {
        var hours = new DailyHours("ml-prod", Noon.AddHours(-12), TimeSpan.FromHours(1));
        var (first, second) = (await JoinAlongsideAsync("1"), await JoinAlongsideAsync("2"));

        await ApplyAsync(new TakeTarget(first.Id, Noon) { Hours = hours }, Begin(first));
        await ApplyAsync(new TakeTarget(second.Id, Noon) { Hours = hours }, Begin(second));
    }

    [Fact]
    public async Task AScheduleIsFoundAsItWasSavedLast()
    {
        var schedule = new Schedule(Sample.Repository, Sample.Main, "churn", "0 3 * * *", "UTC", Noon);
        await ApplyAsync(new SaveSchedule(schedule with { Cron = "1 1 * * *" }), new SaveSchedule(schedule));
        await ApplyAsync(new SaveSchedule(schedule with { Branch = RefName.Parse("refs/heads/other") }));

        (await Storage.Schedules.FindAsync(Sample.Repository, Sample.Main, "churn", None)).ShouldBe(schedule);
        (await Storage.Schedules.ListAsync(Sample.Repository, Sample.Main, None)).ShouldBe([schedule]);
        await ApplyAsync(new RemoveSchedule(Sample.Repository, Sample.Main, "churn"));
        (await Storage.Schedules.ListAsync(Sample.Repository, Sample.Main, None)).ShouldBeEmpty();
    }

    private async Task<Run> AddAsync(string key, RunState state = RunState.Queued)
    {
        var run = Sample.Run(key) with { Environment = "ml-prod", State = state };
        await ApplyAsync(new AddRun(run));
        return run;
    }

    private async Task<Run> JoinAsync(string key, int most = 1)
    {
        var run = await AddAsync(key);
        await ApplyAsync(Join(run, most));
        return run;
    }

    /// <summary>Before a target of its own, so that only the environment's hours can be in its way.</summary>
    private async Task<Run> JoinAlongsideAsync(string key)
    {
        var run = await AddAsync(key);
        await ApplyAsync(new JoinLine(run.Id, "ml-prod", $"model:{key}", 1, false, LaneOf(run)));
        return run;
    }

    private async Task RanAsync(string key, double? start, double? end, string environment = "ml-prod")
    {
        var run = Sample.Run(key) with
        {
            Environment = environment,
            StartedAt = start is { } begun ? Noon.AddHours(begun) : null,
            FinishedAt = end is { } ended ? Noon.AddHours(ended) : null,
        };
        await ApplyAsync(new AddRun(run));
    }

    private Task<IReadOnlyList<LinePlace>> LineAsync() => Storage.Holders.ReadLineAsync("ml-prod", Model, None);

    private static JoinLine Join(Run run, int most = 1) => new(run.Id, "ml-prod", Model, most, false, LaneOf(run));

    private static SaveRun Begin(Run run) => new(run with { StartBegun = true });

    private static AddWork WaitOf(Run run) => new(new NewWork(LaneOf(run), "start", run.Id.Text, Noon.AddHours(5)));

    private static string LaneOf(Run run) => $"start:{run.Id}";
}
