using Bascule.Core.Deliveries;
using Bascule.Core.Deployments;
using Bascule.Core.Forges;
using Bascule.Core.Retention;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Storage;

public abstract class RetentionStoreConformance(IStorageUnderTest database) : StorageConformance(database)
{
    private static readonly DateTimeOffset Later = Noon.AddDays(10);

    [Fact]
    public async Task OldDeliveriesGoWithTheirBodiesTheOldestFirst()
    {
        for (var i = 0; i < 5; i++)
            await DeliverAsync($"d-{i}", Noon.AddDays(i));
        (await Storage.Retention.CountDeliveriesAsync(Noon.AddDays(3), 10, None)).ShouldBe(3);
        (await Storage.Retention.CountDeliveriesAsync(Noon.AddDays(3), 2, None)).ShouldBe(2);

        await ApplyAsync(new ForgetDeliveries(Noon.AddDays(3), 2));

        (await Storage.Deliveries.ListAsync(10, None)).Select(one => one.Uid).ShouldBe(["d-4", "d-3", "d-2"]);
        (await Storage.Deliveries.FindAsync("d-0", None)).ShouldBeNull();
    }

    [Fact]
    public async Task ADeliveryThatWaitsOrWasSetAsideStays()
    {
        await DeliverAsync("d-waits", Noon, settle: false);
        await DeliverAsync("d-aside", Noon, settle: false);
        await DeliverAsync("d-done", Noon);
        var aside = (await Storage.Work.ReadDueAsync(Noon, [], 10, None)).Single(item => item.Subject == "d-aside");
        await Storage.Work.SettleAsync(aside, new QuarantinedWork(Core.Problem.Internal("no")), Noon, None);

        await ApplyAsync(new ForgetDeliveries(Later, 100));

        (await Storage.Deliveries.ListAsync(10, None)).Select(one => one.Uid).ShouldBe(["d-aside", "d-waits"]);
    }

    [Fact]
    public async Task OldRunsGoWithEverythingThatBelongsToThem()
    {
        var run = await RunAsync("old", RunState.Failed);
        await ApplyAsync(
            new AddTimeline(run.Id, new TimelineEntry(Noon, "plan", "text")),
            new SaveLog(run.Id, "log"),
            new SaveRunJournal(run.Id, [1]),
            new SaveResults(run.Id, [new Metric("rmse", 1)], [new ModelVersion("m", "1", null)])
        );

        await ApplyAsync(new ForgetRuns(Later, 100));

        (await Storage.Runs.FindAsync(run.Id, None)).ShouldBeNull();
        (await Storage.Runs.ReadTimelineAsync(run.Id, None)).ShouldBeEmpty();
        (await Storage.Runs.ReadLogAsync(run.Id, None)).ShouldBeNull();
        (await Storage.Runs.ReadJournalAsync(run.Id, None)).ShouldBeNull();
        (await Storage.Runs.ReadMetricsAsync(run.Id, None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task WhatWasDeployedLastStaysWithItsJournalSoThatItCanBeGoneBackTo()
    {
        var runs = new List<Run>();
        for (var generation = 1; generation <= 12; generation++)
        {
            var run = await RunAsync(
                $"deployed-{generation}",
                RunState.Succeeded,
                run => run with { PullRequest = 3, Commit = Sample.Commit('b') }
            );
            var moved = new Deployment(
                new DeployPlace(run.Repository, run.Environment!),
                generation,
                run.Commit,
                "run:x",
                Noon
            );
            await ApplyAsync(new SaveRunJournal(run.Id, [1]), new MoveDeployRef(moved with { Run = run.Id }));
            runs.Add(run);
        }

        await ApplyAsync(new ForgetRuns(Later, 100));

        foreach (var forgotten in runs[..2])
            (await Storage.Runs.FindAsync(forgotten.Id, None)).ShouldBeNull();
        foreach (var kept in runs[2..])
            (await Storage.Runs.ReadJournalAsync(kept.Id, None)).ShouldNotBeNull();
    }

    [Fact]
    public async Task TheLatestSuccessOfEachBranchAndWorkflowStays()
    {
        var former = await RunAsync("1", RunState.Succeeded);
        var latest = await RunAsync("2", RunState.Succeeded);
        var other = await RunAsync("3", RunState.Succeeded, run => run with { Workflow = "other" });
        var branch = await RunAsync("4", RunState.Succeeded, run => run with { Ref = RefName.Parse("refs/heads/b") });
        await RunAsync("5", RunState.Failed);
        await RunAsync("6", RunState.Succeeded, run => run with { PullRequest = 3 });
        await RunAsync("7", RunState.Succeeded, run => run with { Reproduces = latest.Id });

        (await Storage.Retention.CountRunsAsync(Later, 100, None)).ShouldBe(4);
        await ApplyAsync(new ForgetRuns(Later, 100));

        (await Storage.Runs.ListAsync(new RunFilter(), None))
            .Select(run => run.Id)
            .ShouldBe([branch.Id, other.Id, latest.Id]);
        former.Id.ShouldNotBe(latest.Id);
    }

    [Theory]
    [InlineData(RunState.Queued)]
    [InlineData(RunState.Started)]
    [InlineData(RunState.AwaitingApproval)]
    [InlineData(RunState.Planned)]
    public async Task ARunThatHasNotEndedStays(RunState state)
    {
        await RunAsync("1", state, run => run with { FinishedAt = null });
        await ApplyAsync(new ForgetRuns(Later, 100));
        (await Storage.Runs.ListAsync(new RunFilter(), None)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task ARunThatSomethingIsStillToBeDoneForStays()
    {
        var run = await RunAsync("1", RunState.Failed);
        await ApplyAsync(new AddWork(new NewWork("lane", "report.status", run.Id.Text, Noon)));
        await ApplyAsync(new ForgetRuns(Later, 100));
        (await Storage.Runs.FindAsync(run.Id, None)).ShouldNotBeNull();
    }

    [Fact]
    public async Task ARunOfWhichSomethingWasSetAsideStays()
    {
        var run = await RunAsync("1", RunState.Failed);
        await ApplyAsync(new AddWork(new NewWork("lane", "report.status", run.Id.Text, Noon)));
        var item = (await Storage.Work.ReadDueAsync(Noon, [], 100, None)).ShouldHaveSingleItem();
        await Storage.Work.SettleAsync(item, new QuarantinedWork(Bascule.Core.Problem.Internal("no")), Noon, None);
        await ApplyAsync(new ForgetRuns(Later, 100));
        (await Storage.Runs.FindAsync(run.Id, None)).ShouldNotBeNull();
    }

    [Fact]
    public async Task ARunCountsFromItsEndHoweverLongAgoItWasPlanned()
    {
        var run = await RunAsync("1", RunState.Failed, run => run with { FinishedAt = Later.AddHours(1) });
        await ApplyAsync(new ForgetRuns(Later, 100));
        (await Storage.Runs.FindAsync(run.Id, None)).ShouldNotBeNull();
    }

    [Fact]
    public async Task WhatIsYoungStays()
    {
        await RunAsync("1", RunState.Failed);
        await ApplyAsync(new ForgetRuns(Noon, 100));
        (await Storage.Runs.ListAsync(new RunFilter(), None)).Count.ShouldBe(1);
    }

    private async Task DeliverAsync(string uid, DateTimeOffset at, bool settle = true)
    {
        var delivery = Sample.Delivery(uid, uid, $"[\"{uid}\"]") with { ReceivedAt = at };
        await Storage.Deliveries.AppendAsync(delivery, new NewWork(uid, "event.ref", uid, Noon), None);
        if (!settle)
            return;
        var item = (await Storage.Work.ReadDueAsync(Noon, [], 100, None)).Single(item => item.Subject == uid);
        await Storage.Work.SettleAsync(item, WorkResult.Finished(new SettleDelivery(uid, "done")), Noon, None);
    }

    private async Task<Run> RunAsync(string key, RunState state, Func<Run, Run>? change = null)
    {
        var run = Sample.Run(key) with { State = state, FinishedAt = Noon.AddHours(1) };
        run = change is null ? run : change(run);
        await ApplyAsync(new AddRun(run));
        return run;
    }
}
