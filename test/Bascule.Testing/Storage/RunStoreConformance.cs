using System.Globalization;
using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Storage;

public abstract class RunStoreConformance(IStorageUnderTest database) : StorageConformance(database)
{
    private IRunStore Runs => Storage.Runs;

    [Fact]
    public async Task ARunIsFoundAsItWasAdded()
    {
        var run = Full();
        await ApplyAsync(new AddRun(run));
        (await Runs.FindAsync(run.Id, None)).ShouldBe(run);
        (await Runs.FindByKeyAsync(run.Key, None)).ShouldBe(run);
        (await Runs.FindAsync(RunId.New(), None)).ShouldBeNull();
    }

    [Fact]
    public async Task ARunWithLittleToSayIsFoundAsItWasAdded()
    {
        var run = Sample.Run("k") with { Environment = null };
        await ApplyAsync(new AddRun(run));
        (await Runs.FindAsync(run.Id, None)).ShouldBe(run);
    }

    [Fact]
    public async Task ARollbackIsFoundWithTheRunsThatItTakesBackInTheirOrder()
    {
        RunId[] taken = [RunId.New(), RunId.New()];
        var run = Sample.Run("k") with { Trigger = Trigger.Rollback(3), RollsBack = taken };
        await ApplyAsync(new AddRun(run), new SaveRun(run with { Reason = "waits" }));

        var found = (await Runs.FindAsync(run.Id, None)).ShouldNotBeNull();

        (found.IsRollback, found.Reason, found.Trigger.RollbackGeneration).ShouldBe((true, "waits", 3));
        found.RollsBack.ShouldBe(taken);
        await ApplyAsync(new AddRun(Sample.Run("other")));
        (await Runs.FindByKeyAsync(new IdempotencyKey("other"), None))!.IsRollback.ShouldBeFalse();
    }

    [Fact]
    [Trait("Threat", "T133")]
    public async Task ASecondRunWithTheSameKeyIsNotAddedAndTheRestIsStored()
    {
        var (first, second) = (Sample.Run("k"), Sample.Run("k"));
        await ApplyAsync(new AddRun(first));
        await ApplyAsync(
            new AddRun(second),
            new AddTimeline(second.Id, new TimelineEntry(Noon, "plan", "planned")),
            new SaveLog(second.Id, "log"),
            new SaveResults(second.Id, [new Metric("rmse", 1)], [new ModelVersion("m", "1", null)]),
            new AddWork(new NewWork("lane", "start", first.Id.ToString(), Noon))
        );
        (await Runs.ListAsync(new RunFilter(), None)).ShouldHaveSingleItem().Id.ShouldBe(first.Id);
        (await Runs.FindByKeyAsync(second.Key, None))!.Id.ShouldBe(first.Id);
        (await Storage.Work.ReadDueAsync(Noon, [], 10, None)).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("everything", "", "", "0123")]
    [InlineData("one repository", "7", "", "02")]
    [InlineData("two repositories", "7 8", "", "0123")]
    [InlineData("no repository", "none", "", "")]
    [InlineData("one environment", "", "ml-prod", "01")]
    [InlineData("two environments", "", "ml-prod ml-dev", "012")]
    [InlineData("no environment", "", "none", "")]
    [InlineData("both", "7", "ml-prod", "0")]
    [Trait("Threat", "T59")]
    public async Task OnlyWhatIsWithinReachIsListed(string what, string repositories, string environments, string found)
    {
        var runs = await FourAsync();
        var within = new RunReach(
            repositories.Length == 0
                ? null
                :
                [
                    .. Words(repositories)
                        .Select(id => Sample.Repository with { Id = long.Parse(id, CultureInfo.InvariantCulture) }),
                ],
            environments.Length == 0 ? null : [.. Words(environments)]
        );

        var listed = await Runs.ListAsync(new RunFilter { Within = [within] }, None);

        string.Concat(listed.Reverse().Select(run => runs.FindIndex(one => one.Id == run.Id))).ShouldBe(found, what);
    }

    [Fact]
    [Trait("Threat", "T59")]
    public async Task ReachesAddUpAndNoneShowsNothing()
    {
        await FourAsync();
        var one = new RunReach([Sample.Repository], ["ml-prod"]);
        var other = new RunReach([Sample.Repository with { Id = 8 }], null);

        (await Runs.ListAsync(new RunFilter { Within = [one, other] }, None)).Count.ShouldBe(3);
        (await Runs.ListAsync(new RunFilter { Within = [] }, None)).ShouldBeEmpty();
        (await Runs.ListAsync(new RunFilter(Sample.Repository) { Within = [other] }, None)).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T59")]
    public async Task ARunOutOfReachIsNoPlaceInTheList()
    {
        var runs = await FourAsync();
        var within = new RunReach([Sample.Repository], null);

        var beforeOwn = await Runs.ListAsync(new RunFilter(Before: runs[2].Id) { Within = [within] }, None);
        var beforeHidden = await Runs.ListAsync(new RunFilter(Before: runs[3].Id) { Within = [within] }, None);
        var beforeNothing = await Runs.ListAsync(new RunFilter(Before: RunId.New()) { Within = [within] }, None);

        beforeOwn.ShouldHaveSingleItem().Id.ShouldBe(runs[0].Id);
        beforeHidden.ShouldBeEmpty();
        beforeNothing.ShouldBeEmpty();
    }

    [Fact]
    public async Task AReproductionIsFoundWithWhatItDoesOverAndLeftOutWhereItSaysNothing()
    {
        var original = Sample.Run("1");
        var run = Sample.Run("2") with { Reproduces = original.Id, Unpinned = ["one", "two"] };
        await ApplyAsync(new AddRun(original), new AddRun(run));

        var added = (await Runs.FindAsync(run.Id, None))!;
        await ApplyAsync(new SaveRun(added with { Differences = [] }));
        var same = (await Runs.FindAsync(run.Id, None))!;
        await ApplyAsync(new SaveRun(same with { Differences = ["rmse 0.31 → 0.33", "auc 1 → 2"] }));
        var other = (await Runs.FindAsync(run.Id, None))!;

        (added.Reproduces, added.Differences).ShouldBe((original.Id, null));
        added.Unpinned.ShouldBe(["one", "two"]);
        same.Differences.ShouldNotBeNull().ShouldBeEmpty();
        other.Differences.ShouldBe(["rmse 0.31 → 0.33", "auc 1 → 2"]);
        (await Runs.ListAsync(new RunFilter(), None)).Select(one => one.Id).ShouldBe([run.Id, original.Id]);
        (await Runs.ListAsync(new RunFilter { WithoutReproductions = true }, None))
            .ShouldHaveSingleItem()
            .Id.ShouldBe(original.Id);
    }

    [Fact]
    public async Task SavingRaisesTheRevision()
    {
        var run = Sample.Run("k");
        await ApplyAsync(new AddRun(run), new SaveRun(run with { State = RunState.Started, StartedAt = Noon }));
        var saved = await Runs.FindAsync(run.Id, None);
        saved.ShouldBe(run with { State = RunState.Started, StartedAt = Noon, Revision = 1 });
    }

    [Fact]
    public async Task SavingAnOlderRevisionIsAConflict()
    {
        var run = Sample.Run("k");
        await ApplyAsync(new AddRun(run), new SaveRun(run with { State = RunState.Started }));
        await ShouldConflictAsync(new SaveRun(run with { State = RunState.Failed }));
        (await Runs.FindAsync(run.Id, None))!.State.ShouldBe(RunState.Started);
    }

    [Fact]
    public async Task ARequestToCancelIsSeenBySteps()
    {
        var run = Sample.Run("k");
        await ApplyAsync(new AddRun(run));
        await ApplyAsync(new RequestCancel(run.Id));
        (await Runs.FindAsync(run.Id, None))!.CancelRequested.ShouldBeTrue();
        await ShouldConflictAsync(new SaveRun(run with { State = RunState.Started }));
    }

    [Theory]
    [InlineData(RunState.Succeeded)]
    [InlineData(RunState.Failed)]
    [InlineData(RunState.Canceled)]
    [InlineData(RunState.Superseded)]
    [InlineData(RunState.Refused)]
    public async Task ARunThatHasEndedIsNotCanceled(RunState state)
    {
        var run = Sample.Run("k") with { State = state };
        await ApplyAsync(new AddRun(run), new RequestCancel(run.Id));
        (await Runs.FindAsync(run.Id, None)).ShouldBe(run);
    }

    [Fact]
    public async Task APlanWithoutAnEnvironmentIsFinalAndNotCanceled()
    {
        var plan = Sample.Run("k1") with { State = RunState.Planned, Environment = null };
        var planned = Sample.Run("k2") with { State = RunState.Planned };
        await ApplyAsync(
            new AddRun(plan),
            new AddRun(planned),
            new RequestCancel(plan.Id),
            new RequestCancel(planned.Id)
        );
        (await Runs.FindAsync(plan.Id, None))!.CancelRequested.ShouldBeFalse();
        (await Runs.FindAsync(planned.Id, None))!.CancelRequested.ShouldBeTrue();
    }

    [Fact]
    public async Task RunsAreListedNewestFirstPageByPage()
    {
        var added = Enumerable.Range(0, 5).Select(i => Sample.Run($"k{i}")).ToList();
        await ApplyAsync([.. added.Select(run => new AddRun(run))]);
        var first = await Runs.ListAsync(new RunFilter(Limit: 2), None);
        first.Select(run => run.Key.Hex).ShouldBe(["k4", "k3"]);
        var second = await Runs.ListAsync(new RunFilter(Before: first[^1].Id, Limit: 2), None);
        second.Select(run => run.Key.Hex).ShouldBe(["k2", "k1"]);
    }

    [Fact]
    public async Task EveryFieldOfAFilterNarrows()
    {
        var wanted = Full();
        await ApplyAsync(new AddRun(wanted), new AddRun(Unlike(wanted)));
        RunFilter[] filters =
        [
            new(Repository: wanted.Repository),
            new(PullRequest: wanted.PullRequest),
            new(Commit: wanted.Commit),
            new(Ref: wanted.Ref),
            new(Workflow: wanted.Workflow),
            new(State: wanted.State),
            new(wanted.Repository, wanted.PullRequest, wanted.Commit, wanted.Ref, wanted.Workflow, wanted.State),
        ];
        foreach (var filter in filters)
        {
            (await Runs.ListAsync(filter, None)).ShouldHaveSingleItem(filter.ToString()).ShouldBe(wanted);
        }
    }

    [Fact]
    public async Task ARunIsFoundByTheBeginningOfItsId()
    {
        await ApplyAsync(
            new AddRun(Sample.Run("1") with { Id = new RunId("7kabcdefgh") }),
            new AddRun(Sample.Run("2") with { Id = new RunId("7kzzzzzzzz") }),
            new AddRun(Sample.Run("3") with { Id = new RunId("7mabcdefgh") })
        );
        (await Runs.FindByPrefixAsync("7k", 10, None)).Select(run => run.Key.Hex).ShouldBe(["2", "1"]);
        (await Runs.FindByPrefixAsync("7kz", 10, None)).ShouldHaveSingleItem();
        (await Runs.FindByPrefixAsync("%", 10, None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task TheTimelineKeepsItsOrder()
    {
        var run = Sample.Run("k");
        TimelineEntry[] entries =
        [
            new(Noon, "plan", "planned"),
            new(Noon, "start", "sent 3 files"),
            new(Noon, "observe", "runs"),
        ];
        await ApplyAsync([new AddRun(run), .. entries.Select(entry => new AddTimeline(run.Id, entry))]);
        (await Runs.ReadTimelineAsync(run.Id, None)).ShouldBe(entries);
    }

    [Fact]
    public async Task TheLogIsReplaced()
    {
        var run = Sample.Run("k");
        await ApplyAsync(new AddRun(run), new SaveLog(run.Id, "epoch 1"), new SaveLog(run.Id, "epoch 2"));
        (await Runs.ReadLogAsync(run.Id, None)).ShouldBe("epoch 2");
        (await Runs.ReadLogAsync(RunId.New(), None)).ShouldBeNull();
    }

    [Fact]
    public async Task TheJournalIsReplaced()
    {
        var run = Sample.Run("k");
        await ApplyAsync(new AddRun(run), new SaveRunJournal(run.Id, [1, 2]), new SaveRunJournal(run.Id, [3]));
        (await Runs.ReadJournalAsync(run.Id, None)).ShouldBe(new byte[] { 3 });
        (await Runs.ReadJournalAsync(RunId.New(), None)).ShouldBeNull();
    }

    [Fact]
    public async Task OfNoRunNoJournalIsKept()
    {
        var unknown = RunId.New();
        await ApplyAsync(new SaveRunJournal(unknown, [1]));
        (await Runs.ReadJournalAsync(unknown, None)).ShouldBeNull();
    }

    [Fact]
    public async Task OfALogThatIsTooLongTheEndIsKept()
    {
        var run = Sample.Run("k");
        await ApplyAsync(new AddRun(run), new SaveLog(run.Id, new string('é', 40_000) + "end"));
        var log = (await Runs.ReadLogAsync(run.Id, None))!;
        log.ShouldEndWith("éend");
        log.ShouldStartWith("é");
        System.Text.Encoding.UTF8.GetByteCount(log).ShouldBeInRange(65_530, 65_536);
    }

    [Fact]
    public async Task ResultsAreReplacedAndKeepTheirOrder()
    {
        var run = Sample.Run("k");
        Metric[] metrics = [new("rmse", 0.25), new("auc", double.NaN), new("loss", double.PositiveInfinity)];
        ModelVersion[] models =
        [
            new("dev.churn.classifier", "2", new Uri("https://dbx.example.com/m")),
            new("b", "1", null),
        ];
        await ApplyAsync(new AddRun(run), new SaveResults(run.Id, [new Metric("old", 1)], []));
        await ApplyAsync(new SaveResults(run.Id, metrics, models));
        (await Runs.ReadMetricsAsync(run.Id, None)).ShouldBe(metrics);
        (await Runs.ReadModelsAsync(run.Id, None)).ShouldBe(models);
    }

    [Fact]
    public async Task TheLastSuccessOfABranchIsNeitherAFailureNorAPullRequest()
    {
        var wanted = Sample.Run("2") with { State = RunState.Succeeded };
        await ApplyAsync(
            new AddRun(Sample.Run("1") with { State = RunState.Succeeded }),
            new AddRun(wanted),
            new AddRun(Sample.Run("3") with { State = RunState.Failed }),
            new AddRun(Sample.Run("4") with { State = RunState.Succeeded, PullRequest = 4 }),
            new AddRun(Sample.Run("5") with { State = RunState.Succeeded, Workflow = "other" }),
            new AddRun(Sample.Run("6") with { State = RunState.Succeeded, Ref = RefName.Parse("refs/heads/other") }),
            new AddRun(Sample.Run("7") with { State = RunState.Succeeded, Reproduces = wanted.Id })
        );
        (await Runs.FindLastSuccessAsync(Sample.Repository, "churn", Sample.Main, None)).ShouldBe(wanted);
        (await Runs.FindLastSuccessAsync(new RepositoryKey("f-two", 7), "churn", Sample.Main, None)).ShouldBeNull();
    }

    private static Run Full() =>
        Sample.Run("full") with
        {
            CommitSubject = "Raise alpha",
            By = new ForgeAccount(3, "ada"),
            PullRequest = 4,
            BaseCommit = Sample.Commit('b'),
            Ordinal = 2,
            Content = new ContentId(new string('c', 64)),
            Plan = """{"kind":"databricks"}""",
            PlanDigest = new string('d', 64),
            PlanSummary = "+ apis/pets\n~ backends/pets: url",
            Shortfall = "rmse is 0.5, worse than 0.25 before",
            Reason = "the platform said no",
            PlatformRunId = "123",
            PlatformPage = new Uri("https://dbx.example.com/run/123"),
            StartBegun = true,
            CancelRequested = true,
            StartedAt = Noon.AddSeconds(1),
            FinishedAt = Noon.AddSeconds(2.5),
            Delivery = "d-1",
            State = RunState.Failed,
        };

    private static Run Unlike(Run run) =>
        run with
        {
            Id = RunId.New(),
            Key = new IdempotencyKey("unlike"),
            Repository = new RepositoryKey("f-two", 8),
            PullRequest = 5,
            Commit = Sample.Commit('e'),
            Ref = RefName.Parse("refs/heads/other"),
            Workflow = "other",
            State = RunState.Succeeded,
        };

    private static string[] Words(string text) => text == "none" ? [] : text.Split(' ');

    /// <summary>Two repositories; two in ml-prod, one in ml-dev, one in none.</summary>
    private async Task<List<Run>> FourAsync()
    {
        var other = Sample.Repository with { Id = 8 };
        List<Run> runs =
        [
            Sample.Run("a"),
            Sample.Run("b") with
            {
                Repository = other,
            },
            Sample.Run("c") with
            {
                Environment = "ml-dev",
            },
            Sample.Run("d") with
            {
                Repository = other,
                Environment = null,
            },
        ];
        foreach (var run in runs)
            await ApplyAsync(new AddRun(run));
        return runs;
    }
}
