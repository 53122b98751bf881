using Bascule.Core.Approvals;
using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Core.Identity;
using Bascule.Core.Lineage;
using Bascule.Core.People;
using Bascule.Core.Pushes;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Storage;

public abstract class LineageStoreConformance(IStorageUnderTest database) : StorageConformance(database)
{
    private const string Model = "main.churn.classifier";
    private static readonly RepositoryKey Other = new("f-one", 8);
    private static readonly ModelVersion Seven = new(Model, "7", null);

    private ILineageStore Lineage => Storage.Lineage;

    [Fact]
    public async Task CommitsAreFoundByTheirBeginningWhereverTheyAreKnownFrom()
    {
        var tip = Hex("abc1234b");
        await ApplyAsync(
            new AddRun(ARun("one", "abc1234a")),
            new AddRun(ARun("two", "abc1234a")),
            new RecordRefUpdate(Sample.Update(1, before: null, tip)),
            new NoteObservedRun(Observed("m-1", "abc1234c")),
            new AddRun(ARun("else", "abc1235a"))
        );

        (await Lineage.FindCommitsAsync("abc1234", null, 10, None)).ShouldBe([Hex("abc1234a"), tip, Hex("abc1234c")]);
        (await Lineage.FindCommitsAsync("abc1234", null, 2, None)).Count.ShouldBe(2);
        (await Lineage.FindCommitsAsync(tip.ToString(), null, 2, None)).ShouldBe([tip]);
        (await Lineage.FindCommitsAsync("abc1236", null, 10, None)).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T59")]
    public async Task CommitsOutOfSightAreNotFound()
    {
        await ApplyAsync(
            new AddRun(ARun("one", "abc1234a")),
            new RecordRefUpdate(Sample.Update(1, before: null, Hex("abc1234b"))),
            new NoteObservedRun(Observed("m-1", "abc1234c"))
        );

        (await Lineage.FindCommitsAsync("abc1234", Reach(Other), 10, None)).ShouldBeEmpty();
        (await Lineage.FindCommitsAsync("abc1234", Reach(Sample.Repository), 10, None)).Count.ShouldBe(3);
        (await Lineage.FindCommitsAsync("abc1234", [new RunReach(null, ["ml-prod"])], 10, None)).ShouldBe(
            [Hex("abc1234a"), Hex("abc1234c")],
            "an update belongs to no environment"
        );
        (await Lineage.FindCommitsAsync("abc1234", [], 10, None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task WhatIsKnownOfACommitIsReadAsFarAsItIsInSight()
    {
        var commit = Hex("abc1234a");
        await ApplyAsync(
            new RecordRefUpdate(Sample.Update(1, before: null, commit)),
            new NoteObservedRun(Observed("m-1", "abc1234a"))
        );

        (await Lineage.ReadUpdatesAsync(commit, Reach(Other), 10, None)).ShouldBeEmpty();
        (await Lineage.ReadUpdatesAsync(commit, [new RunReach(null, ["ml-prod"])], 10, None)).ShouldBeEmpty();
        (await Lineage.ReadUpdatesAsync(commit, Reach(Sample.Repository), 10, None)).Count.ShouldBe(1);
        (await Lineage.ReadObservedAsync(commit, Reach(Other), 10, None)).Items.ShouldBeEmpty();
        (await Lineage.ReadObservedAsync(commit, Reach(Sample.Repository), 10, None)).Items.Count.ShouldBe(1);
    }

    [Fact]
    public async Task OfManyRunsOfACommitTheNewestAreReadAndAllAreCounted()
    {
        var runs = Enumerable.Range(0, 7).Select(i => ARun($"run {i}", "abc1234a")).ToList();
        await ApplyAsync([.. runs.Select(run => new AddRun(run))]);

        var read = await Lineage.ReadRunsAsync(Hex("abc1234a"), null, 3, None);

        read.Items.Select(run => run.Id).ShouldBe(Enumerable.Reverse(runs).Take(3).Select(run => run.Id));
        read.Total.ShouldBe(7);
        (await Lineage.ReadRunsAsync(Hex("abc1234a"), Reach(Other), 3, None)).Total.ShouldBe(0);
    }

    [Fact]
    public async Task AVersionIsFoundByItsFullNameAndByTheEndOfIt()
    {
        await RegisterAsync("one", Seven);
        await RegisterAsync("two", new ModelVersion("main.churnXclassifier", "7", null));
        await RegisterAsync("three", Seven with { Version = "8" });

        (await FindAsync($"{Model}@7")).ShouldBe([Seven]);
        (await FindAsync("churn.classifier@7")).ShouldBe([Seven], "neither '.' nor '_' stands for anything else");
        (await FindAsync("classifier@7")).ShouldBe([Seven]);
        (await FindAsync("lassifier@7")).ShouldBeEmpty();
        (await FindAsync($"{Model}@9")).ShouldBeEmpty();
        (await FindAsync(Model)).ShouldBe([Seven with { Version = "8" }, Seven], "the newest comes first");
    }

    [Fact]
    [Trait("Threat", "T59")]
    public async Task AVersionOutOfSightIsNotFoundAndItsMakerIsNotRead()
    {
        await RegisterAsync("one", Seven);
        await ApplyAsync(new NoteObservedRun(Observed("m-1", "abc1234c") with { Models = [Seven] }));

        (await Lineage.FindVersionsAsync(Reference($"{Model}@7"), Reach(Other), 10, None)).ShouldBeEmpty();
        (await Lineage.FindVersionsAsync(Reference(Model), Reach(Other), 10, None)).ShouldBeEmpty();
        (await Lineage.ReadMakersAsync(Seven, Reach(Other), 10, None)).ShouldBeEmpty();
        (await Lineage.ReadObservedMakersAsync(Seven, Reach(Other), 10, None)).ShouldBeEmpty();
        (await Lineage.ReadMakersAsync(Seven, Reach(Sample.Repository), 10, None)).Count.ShouldBe(1);
        (await Lineage.ReadObservedMakersAsync(Seven, Reach(Sample.Repository), 10, None)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task AnObservedRunIsReadBackByCommitAndByModelAndReplacesWhatWasSeenBefore()
    {
        var observed = Observed("m-1", "abc1234c") with { Models = [Seven] };
        await ApplyAsync(new NoteObservedRun(observed with { State = "RUNNING", Models = [] }));

        await ApplyAsync(new NoteObservedRun(observed));

        var read = await Lineage.ReadObservedAsync(Hex("abc1234c"), null, 10, None);
        read.Total.ShouldBe(1);
        read.Items.ShouldHaveSingleItem().Models.ShouldBe(observed.Models);
        (read.Items[0] with { Models = observed.Models }).ShouldBe(observed);
        (await Lineage.ReadObservedMakersAsync(Seven, null, 10, None)).ShouldHaveSingleItem().Id.ShouldBe("m-1");
        (await FindAsync("classifier@7")).ShouldBe([Seven]);
    }

    [Fact]
    public async Task WhatWasSeenOfSomeRunsOfAnEnvironmentIsFound()
    {
        await ApplyAsync(
            new NoteObservedRun(Observed("job:1", "abc1234c") with { Models = [Seven] }),
            new NoteObservedRun(Observed("job:2", "abc1234c")),
            new NoteObservedRun(Observed("job:1", "abc1234d") with { Environment = "ml-dev" })
        );

        var found = await Lineage.FindObservedAsync("ml-prod", ["job:1", "job:3"], None);

        found.ShouldHaveSingleItem().Commit.ShouldBe(Hex("abc1234c"));
        found[0].Models.ShouldBe([Seven]);
        (await Lineage.FindObservedAsync("ml-prod", [], None)).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T134")]
    public async Task BasculesOwnPlatformRunsAreKnownByItsRecords()
    {
        var commit = Hex("abc1234a");
        await ApplyAsync(
            new AddRun(ARun("one", "abc1234a") with { PlatformRunId = "41" }),
            new AddRun(ARun("two", "abc1234a") with { PlatformRunId = "42", Environment = "ml-dev" }),
            new AddRun(ARun("three", "abc1234b") with { PlatformRunId = "43" }),
            new AddRun(ARun("four", "abc1234a"))
        );

        (await Lineage.FindOwnAsync(["ml-prod"], ["41", "42", "43", "44"], [commit], None)).ShouldBe(["41"]);
        (await Lineage.FindOwnAsync(["ml-prod", "ml-dev"], ["42"], [commit], None)).ShouldBe(["42"]);
        (await Lineage.FindOwnAsync(["ml-prod"], ["41"], [], None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task ARunThatClaimsWhatNobodyHasIsReadBackUntilItIsObservedOrForgotten()
    {
        var claim = new UnfoundedRun("ml-prod", "m-1", Hex("abc1234c"), "mlflow.source.git.commit", Noon);
        await ApplyAsync(
            new NoteUnfoundedRun(claim with { Commit = Hex("abc1234d") }),
            new NoteUnfoundedRun(claim),
            new NoteUnfoundedRun(claim with { Id = "m-2" }),
            new NoteUnfoundedRun(claim with { Id = "old", NotedAt = Noon.AddDays(-2) })
        );

        (await Lineage.FindUnfoundedAsync("ml-prod", ["m-1"], None)).ShouldBe([claim]);
        (await Lineage.FindUnfoundedAsync("ml-dev", ["m-1"], None)).ShouldBeEmpty();
        (await Lineage.FindUnfoundedAsync("ml-prod", [], None)).ShouldBeEmpty();
        (await Lineage.CountUnfoundedAsync(None))["ml-prod"].ShouldBe(3);

        await ApplyAsync(
            new NoteObservedRun(Observed("m-1", "abc1234c")),
            new ForgetObservedRuns(Noon.AddDays(-1), 10)
        );

        (await Lineage.FindUnfoundedAsync("ml-prod", ["m-1", "m-2", "old"], None))
            .ShouldHaveSingleItem()
            .Id.ShouldBe("m-2");
    }

    [Fact]
    public async Task ObservedRunsNobodySeesAnyMoreAreForgotten()
    {
        await ApplyAsync(
            new NoteObservedRun(Observed("old", "abc1234c") with { Models = [Seven], NotedAt = Noon.AddDays(-2) }),
            new NoteObservedRun(Observed("new", "abc1234c"))
        );

        await ApplyAsync(new ForgetObservedRuns(Noon.AddDays(-1), 10));

        (await Lineage.ReadObservedAsync(Hex("abc1234c"), null, 10, None))
            .Items.ShouldHaveSingleItem()
            .Id.ShouldBe("new");
        (await FindAsync($"{Model}@7")).ShouldBeEmpty();
    }

    [Fact]
    public async Task WhatHangsOnRunsIsReadForAllOfThemAtOnce()
    {
        var (one, two) = (ARun("one", "abc1234a") with { Delivery = "d-1", PullRequest = 5 }, ARun("two", "abc1234b"));
        await Storage.Deliveries.AppendAsync(Sample.Delivery("d-1"), new NewWork("l", "k", "d-1", Noon), None);
        var merged = Sample.PullRequest(6) with { MergeCommit = two.Commit };
        var proof = new ProvenBy("p-ada", "SHA256:abc");
        await ApplyAsync(
            new AddRun(one),
            new AddRun(two),
            new SaveResults(one.Id, [], [Seven]),
            new SaveResults(two.Id, [], [Seven with { Version = "8" }]),
            new AddTimeline(one.Id, new TimelineEntry(Noon, "proof", proof.ToString())),
            new AddTimeline(one.Id, new TimelineEntry(Noon, "start", proof.ToString())),
            new SavePullRequest(Sample.PullRequest(5)),
            new SavePullRequest(merged),
            new SavePullRequest(Sample.PullRequest(7))
        );

        var facts = await Lineage.ReadFactsAsync([one, two], None);

        facts.Models.ShouldBe([(one.Id, Seven), (two.Id, Seven with { Version = "8" })], ignoreOrder: true);
        facts.Proofs.ShouldBe([(one.Id, proof)]);
        facts.Deliveries.ShouldBe([new DeliveryOrigin("d-1", "push", Noon)]);
        facts.PullRequests.Select(pull => pull.Number).Order().ShouldBe([5L, 6L]);
    }

    [Fact]
    public async Task ApprovalsThatAreVoidOrOfAnEarlierRequestAreLeftOut()
    {
        var run = ARun("one", "abc1234a");
        var request = new ApprovalRequest(run.Id, 2, 1, Noon, Noon.AddDays(1));
        var approval = AnApproval(run, "p-one");
        await ApplyAsync(
            new AddRun(run),
            new AddApprovalRequest(request),
            new AddApproval(approval),
            new AddApproval(AnApproval(run, "p-two") with { VoidedAt = Noon, VoidedBecause = "taken back" }),
            new AddApproval(AnApproval(run, "p-three") with { Generation = 1 })
        );

        (await Lineage.ReadFactsAsync([run], None)).Approvals.ShouldBe([approval]);
    }

    [Fact]
    public async Task PushesAreReadForAllCommitsAtOnce()
    {
        var push = new PushedRef(
            Sample.Repository,
            Sample.Main,
            Hex("abc1234a"),
            ActorType.Human,
            "p-a",
            "t",
            "x",
            Noon
        );
        await ApplyAsync(
            new AddPushedRef(push),
            new AddPushedRef(push with { Push = "y", Head = Hex("abc1234b") }),
            new AddPushedRef(push with { Push = "z", Head = Hex("abc1234c") })
        );

        var read = await Lineage.ReadPushesAsync([Hex("abc1234a"), Hex("abc1234b")], None);

        read.Select(one => one.Push).ShouldBe(["x", "y"]);
    }

    [Fact]
    public async Task PeopleAreReadByPseudonymAndByAccountOnceEach()
    {
        var (ada, ben) = (APerson("p-ada"), APerson("p-ben"));
        await ApplyAsync(
            new SavePerson(ada),
            new SavePerson(ben),
            new SavePerson(APerson("p-cid")),
            new SaveForgeLink(new ForgeLink("f-one", 3, "ada", "p-ada", "oauth2", Noon)),
            new SaveForgeLink(new ForgeLink("f-two", 4, "lovelace", "p-ada", "oauth2", Noon))
        );
        var account = new ForgeAccountKey("f-one", 3);

        var read = await Lineage.ReadPeopleAsync(["p-ben", "p-ada", "p-nobody"], [account, new("f-one", 99)], None);

        read.Select(person => person.Uid).ShouldBe(["p-ada", "p-ben"]);
        read[0].Accounts.ShouldBe([(account, "ada"), (new ForgeAccountKey("f-two", 4), "lovelace")]);
        (await Lineage.ReadPeopleAsync([], [account], None)).ShouldHaveSingleItem().Uid.ShouldBe("p-ada");
    }

    [Fact]
    public async Task TheNewestSuccessOfEachWorkflowIsWhatRuns()
    {
        var old = ARun("old", "abc1234a") with { State = RunState.Succeeded };
        var now = ARun("now", "abc1234b") with { State = RunState.Succeeded };
        var failed = ARun("failed", "abc1234c") with { State = RunState.Failed };
        var fraud = ARun("fraud", "abc1234a") with { State = RunState.Succeeded, Workflow = "fraud" };
        var dev = ARun("dev", "abc1234a") with { State = RunState.Succeeded, Environment = "ml-dev" };
        var other = ARun("other", "abc1234a") with { State = RunState.Succeeded, Repository = Other };
        var again = ARun("again", "abc1234a") with { State = RunState.Succeeded, Reproduces = old.Id };
        await ApplyAsync([.. new[] { old, now, failed, fraud, dev, other, again }.Select(run => new AddRun(run))]);

        Ids(await Lineage.ListDeployedAsync(null, 10, None)).ShouldBe(Ids([dev, now, other, fraud]));
        Ids(await Lineage.ListDeployedAsync(Reach(Other), 10, None)).ShouldBe(Ids([other]));
        Ids(await Lineage.ListDeployedAsync([new RunReach(null, ["ml-dev"])], 10, None)).ShouldBe(Ids([dev]));
        (await Lineage.ListDeployedAsync(null, 2, None)).Count.ShouldBe(2);
    }

    private static IEnumerable<RunId> Ids(IEnumerable<Run> runs) => runs.Select(run => run.Id);

    private static Run ARun(string key, string commit) => Sample.Run(key) with { Commit = Hex(commit) };

    private static CommitId Hex(string start) => CommitId.Parse(start.PadRight(40, '0'));

    private static IReadOnlyList<RunReach> Reach(RepositoryKey repository) => [new RunReach([repository], null)];

    private static ModelReference Reference(string text) =>
        ModelReference.TryParse(text, out var model) ? model : throw new FormatException(text);

    private Task<IReadOnlyList<ModelVersion>> FindAsync(string text) =>
        Lineage.FindVersionsAsync(
            text.Contains('@', StringComparison.Ordinal) ? Reference(text) : new ModelReference(text, null),
            null,
            10,
            None
        );

    private async Task RegisterAsync(string key, ModelVersion model)
    {
        var run = ARun(key, "abc1234a");
        await ApplyAsync(new AddRun(run), new SaveResults(run.Id, [], [model]));
    }

    private static ObservedRun Observed(string id, string commit) =>
        new("ml-prod", id)
        {
            Platform = "dbx",
            Repository = Sample.Repository,
            Commit = Hex(commit),
            Tag = "mlflow.source.git.commit",
            Name = "nightly",
            By = "ana",
            State = "FINISHED",
            StartedAt = Noon.AddHours(-1),
            Page = new Uri("https://dbx.example/ml/runs/1"),
            NotedAt = Noon,
        };

    private static Approval AnApproval(Run run, string person) =>
        new()
        {
            Uid = Approval.NewUid(),
            Run = run.Id,
            Generation = 2,
            PersonUid = person,
            Thing = new ApprovedThing(new ContentId(new string('1', 64)), run.Commit, new string('2', 64), "ml-prod"),
            At = Noon,
            Source = ApprovalSource.Bascule,
        };

    private static Person APerson(string uid) =>
        new(uid, new Subject("https://id.example.com", uid))
        {
            Name = uid,
            FirstSeenAt = Noon,
            LastSeenAt = Noon,
        };
}
