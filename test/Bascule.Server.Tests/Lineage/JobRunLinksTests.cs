using Bascule.Core.Forges;
using Bascule.Core.Lineage;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Server.Connections;
using Bascule.Server.Lineage;
using Bascule.Server.Runs;
using Bascule.Server.Tests.World;
using Bascule.Testing.Storage;

namespace Bascule.Server.Tests.Lineage;

/// <summary>Runs of jobs: whose they are, and which commit they ran.</summary>
[Trait("Threat", "T134")]
public sealed class JobRunLinksTests : IAsyncLifetime
{
    private const string Number = "600000000000001";
    private const string Id = $"job:{Number}";
    private ServerWorld _world = null!;
    private CommitId _known;
    private CommitId _newer;

    public async Task InitializeAsync()
    {
        _world = await ServerWorld.OpenAsync();
        _world.Mirror.IsStrict = true;
        _known = _world.Mirror.Commit(ServerWorld.Main, 'a', null, ("train.py", "print(1)"));
        _newer = _world.Mirror.Commit(ServerWorld.Main, 'b', null, ("train.py", "print(2)"));
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task ARunThatBeganLatelyIsTiedByATagOfItsJob()
    {
        var linked = (await FindAsync(OfJob(_known))).ShouldHaveSingleItem();

        (linked.Id, linked.Commit, linked.Tag).ShouldBe((Id, _known, "job:git_commit"));
        linked.Repository.ShouldBe(ServerWorld.Churn);
        linked.Name.ShouldBe("churn-nightly");
    }

    [Fact]
    public async Task AnOlderRunIsNotTiedByWhatTheJobIsNow()
    {
        (await FindAsync(OfJob(_known) with { StartedAt = Now.AddHours(-3) })).ShouldBeEmpty();
        (await FindAsync(OfJob(_known) with { StartedAt = null })).ShouldBeEmpty();
    }

    [Fact]
    public async Task ARunStaysWithItsCommitWhenTheJobIsTaggedAnewAndItsStateFollows()
    {
        var run = OfJob(_known) with { State = "RUNNING" };
        await NoteAsync(await FindAsync(run));

        var later = await FindAsync(OfJob(_newer) with { StartedAt = Now.AddHours(-30), State = "SUCCESS" });

        later.ShouldHaveSingleItem().Commit.ShouldBe(_known);
        later[0].State.ShouldBe("SUCCESS");
        await NoteAsync(later);
        (await _world.Storage.Lineage.FindObservedAsync("ml-prod", [Id], default))
            .ShouldHaveSingleItem()
            .State.ShouldBe("SUCCESS");
    }

    [Fact]
    public async Task ARunOfARepositoryThatTheEnvironmentListsNoMoreStaysWithNothing()
    {
        var noted = (await FindAsync(OfJob(_known))).ShouldHaveSingleItem();
        await NoteAsync([noted with { Repository = ServerWorld.Churn with { Id = 8 } }]);

        (await FindAsync(OfJob(_known) with { StartedAt = Now.AddHours(-30) })).ShouldBeEmpty();
    }

    [Fact]
    public async Task WhatTheRunItselfCarriesCountsBeforeTheTagsOfItsJob()
    {
        var run = OfJob(_known) with
        {
            Commits = [("parameter:commit", "main"), ("git_source:used_commit", $"{_newer}")],
            StartedAt = Now.AddDays(-3),
        };

        var linked = (await FindAsync(run)).ShouldHaveSingleItem();

        (linked.Commit, linked.Tag).ShouldBe((_newer, "git_source:used_commit"));
    }

    [Fact]
    public async Task ARunThatBasculesRecordsKnowIsItsOwnWithoutAnyMark()
    {
        await AddAsync(RunState.Succeeded, Number);

        (await FindAsync(OfJob(_known))).ShouldBeEmpty();
    }

    [Fact]
    public async Task ARunOfAnotherEnvironmentOnThePlatformIsBasculesOwnToo()
    {
        await AddAsync(RunState.Succeeded, Number, "ml-dev");

        (await FindAsync(OfJob(_known))).ShouldBeEmpty();
    }

    [Fact]
    public async Task TheSameNumberOnAnotherPlatformIsAnotherRun()
    {
        await AddAsync(RunState.Succeeded, Number, "elsewhere");

        (await FindAsync(OfJob(_known))).Count.ShouldBe(1);
    }

    [Fact]
    public async Task AMarkThatIsCopiedFromARunOfBasculesHidesNothing()
    {
        var run = await AddAsync(RunState.Started, "600000000000777");

        (await FindAsync(OfJob(_known) with { Mark = MarkOf(run.Id) })).Count.ShouldBe(1);
    }

    [Fact]
    public async Task AMarkOfARunThatTheRecordsDoNotKnowHidesNothing() =>
        (await FindAsync(OfJob(_known) with { Mark = MarkOf(RunId.New()) })).Count.ShouldBe(1);

    [Fact]
    public async Task ARunThatIsJustBeingStartedIsBasculesOwn()
    {
        var run = await AddAsync(RunState.Started, platformRun: null);

        (await FindAsync(OfJob(_known) with { Mark = MarkOf(run.Id) })).ShouldBeEmpty();
    }

    [Fact]
    public async Task WhatThePlatformTracksUnderItsOwnIdIsBasculesByTheRecords()
    {
        await AddAsync(RunState.Succeeded, "bascule-0a1b");
        var job = Tracked("bascule-0a1b") with { PlatformRun = "bascule-0a1b" };

        (await FindAsync(job)).ShouldBeEmpty();
        (await FindAsync(job with { Id = "sincere_lamp", PlatformRun = "sincere_lamp" })).Count.ShouldBe(1);
    }

    [Fact]
    public async Task AStepOfBasculesOwnIsPassedOverUnlessItRegisteredSomethingNobodyKnows()
    {
        await AddAsync(RunState.Succeeded, "bascule-0a1b");
        var step = Tracked("step-1") with { Parent = "bascule-0a1b" };

        (await FindAsync(step)).ShouldBeEmpty();
        (await FindAsync(step with { Models = [new ModelVersion("churn", "7", null)] })).Count.ShouldBe(1);
        (await FindAsync(step with { Parent = "sincere_lamp" })).Count.ShouldBe(1);
    }

    [Fact]
    public async Task ManyRunsOfOneCommitCostOneLook()
    {
        var unknown = OfJob(CommitId.Parse(new string('c', 40)));
        ForeignRun[] many = [.. Enumerable.Range(1, 400).Select(i => unknown with { Id = $"job:{i}" }), OfJob(_known)];

        (await Links().FindAsync(Environment, many, default)).Observed.ShouldHaveSingleItem().Id.ShouldBe(Id);
    }

    [Fact]
    public async Task LooksForUnknownCommitsHaveAnEnd()
    {
        ForeignRun[] many =
        [
            .. Enumerable.Range(1, 300).Select(i => OfJob(CommitId.Parse($"{i:x40}")) with { Id = $"job:{i}" }),
            OfJob(_known),
        ];

        (await Links().FindAsync(Environment, many, default)).Observed.ShouldBeEmpty();
    }

    private DateTimeOffset Now => _world.Clock.GetUtcNow();

    private EnvironmentConnection Environment => _world.Get<EnvironmentConnections>().Find("ml-prod")!;

    private async Task<IReadOnlyList<ObservedRun>> FindAsync(ForeignRun run) =>
        (await Links().FindAsync(Environment, [run], default)).Observed;

    private Task NoteAsync(IReadOnlyList<ObservedRun> runs) =>
        _world.ApplyAsync([.. runs.Select(run => new NoteObservedRun(run))]);

    private ForeignLinks Links() =>
        new(
            _world.Storage.Lineage,
            _world.Storage.Runs,
            _world.Storage.Repositories,
            _world.Get<ForgeConnections>(),
            _world.Get<EnvironmentConnections>(),
            _world.Mirror,
            _world.Get<RunMark>(),
            _world.Clock
        );

    private string MarkOf(RunId id) => _world.Get<RunMark>().Of(id);

    private async Task<Run> AddAsync(RunState state, string? platformRun, string environment = "ml-prod")
    {
        var run = Sample.Run($"{state}") with
        {
            State = state,
            Commit = _known,
            PlatformRunId = platformRun,
            Environment = environment,
        };
        await _world.ApplyAsync(new AddRun(run));
        return run;
    }

    private ForeignRun Tracked(string id) => new(id) { Commits = [("mlflow.source.git.commit", $"{_known}")] };

    private ForeignRun OfJob(CommitId commit) =>
        new(Id)
        {
            Commits = [],
            JobCommits = [("job:git_commit", $"{commit}")],
            Name = "churn-nightly",
            StartedAt = Now.AddMinutes(-5),
        };
}
