using Bascule.Core;
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

[Trait("Threat", "T134")]
public sealed class ForeignLinksTests : IAsyncLifetime
{
    private const string Tag = "mlflow.source.git.commit";
    private static readonly ModelVersion Three = new("main.churn.experiment", "3", null);
    private ServerWorld _world = null!;
    private CommitId _known;

    public async Task InitializeAsync()
    {
        _world = await ServerWorld.OpenAsync();
        _world.Mirror.IsStrict = true;
        _known = _world.Mirror.Commit(ServerWorld.Main, 'a', null, ("train.py", "print(1)"));
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task ARunWhoseTagNamesACommitOfTheMirrorIsLinked()
    {
        var linked = (await FindAsync(Foreign(_known.ToString()))).ShouldHaveSingleItem();

        linked.Repository.ShouldBe(ServerWorld.Churn);
        linked.Commit.ShouldBe(_known);
        linked.Tag.ShouldBe(Tag);
        linked.Environment.ShouldBe("ml-prod");
        linked.Models.ShouldBe([Three]);
    }

    [Theory]
    [InlineData("main")]
    [InlineData("aaaaaaa")]
    [InlineData("HEAD")]
    [InlineData("--upload-pack=x")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("0000000000000000000000000000000000000000")]
    [InlineData("bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb")]
    public async Task WhatIsNoCommitOrNoKnownOneIsNotLinked(string value) =>
        (await FindAsync(Foreign(value))).ShouldBeEmpty();

    [Fact]
    public async Task ACommitOfARepositoryThatTheEnvironmentDoesNotListIsNotLinked()
    {
        var elsewhere = Environment() with { Rule = Environment().Rule with { Repositories = [] } };

        (await Links().FindAsync(elsewhere, [Foreign(_known.ToString())], default)).Observed.ShouldBeEmpty();
    }

    [Fact]
    public async Task NothingIsAskedOfTheForgeForATag()
    {
        await FindAsync(Foreign(new string('b', 40)));

        _world.Mirror.Fetched.ShouldBeEmpty();
        _world.Mirror.Listings.ShouldBe(0);
    }

    [Fact]
    public async Task ARunWithBasculesSealIsBasculesOwnAndNotObserved()
    {
        var run = await AddAsync(RunState.Succeeded, Three);

        (await FindAsync(Foreign(_known.ToString()) with { Mark = MarkOf(run.Id) })).ShouldBeEmpty();
        (await FindAsync(Foreign(_known.ToString()) with { Mark = MarkOf(RunId.New()), Models = [] })).ShouldBeEmpty();
    }

    [Fact]
    public async Task AMarkThatBasculeDidNotMakeHidesNothing()
    {
        var run = await AddAsync(RunState.Started);
        var forged = Foreign(_known.ToString()) with { Mark = $"{run.Id}.{new string('0', 24)}" };

        (await FindAsync(forged)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task WhoCopiesASealShowsByWhatTheyRegistered()
    {
        var run = await AddAsync(RunState.Succeeded, Three with { Version = "2" });
        var copied = Foreign(_known.ToString()) with { Mark = MarkOf(run.Id) };

        (await FindAsync(copied)).ShouldHaveSingleItem().Models.ShouldBe([Three]);
    }

    [Fact]
    public async Task ARunThatGoesOnIsNotTakenForSomebodyElses()
    {
        var run = await AddAsync(RunState.Started);

        (await FindAsync(Foreign(_known.ToString()) with { Mark = MarkOf(run.Id) })).ShouldBeEmpty();
    }

    [Fact]
    public async Task AModelOfBasculesOwnIsNotTakenFromIt()
    {
        await AddAsync(RunState.Succeeded, Three);

        (await FindAsync(Foreign(_known.ToString()))).ShouldHaveSingleItem().Models.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T113")]
    public async Task TextOfOthersIsCleanedBeforeItIsStored()
    {
        var linked = await FindAsync(
            Foreign(_known.ToString()) with
            {
                Name = "nightly\u001b[2J\nowned",
                By = "\u202ejo",
            }
        );

        (linked[0].Name, linked[0].By).ShouldBe(("nightly owned", "jo"));
    }

    [Fact]
    public async Task AClaimOfACommitThatNobodyHasIsFlagged()
    {
        var claimed = new string('b', 40);

        var flagged = (await UnfoundedAsync(Foreign(claimed))).ShouldHaveSingleItem();

        flagged.ShouldBe(new UnfoundedRun("ml-prod", "m-1", CommitId.Parse(claimed), Tag, _world.Clock.GetUtcNow()));
    }

    [Theory]
    [InlineData("main")]
    [InlineData("aaaaaaa")]
    [InlineData("0000000000000000000000000000000000000000")]
    public async Task WhatClaimsNoCommitIsNotFlagged(string value) =>
        (await UnfoundedAsync(Foreign(value))).ShouldBeEmpty();

    [Fact]
    public async Task AClaimThatHoldsIsNotFlagged() =>
        (await UnfoundedAsync(Foreign(_known.ToString()))).ShouldBeEmpty();

    /// <summary>What only a tag of its job claims may be about another run.</summary>
    [Fact]
    public async Task ATagOfAJobIsNotFlagged() =>
        (
            await UnfoundedAsync(
                new ForeignRun("job:7")
                {
                    Commits = [],
                    JobCommits = [("git_commit", new string('b', 40))],
                    StartedAt = _world.Clock.GetUtcNow(),
                }
            )
        ).ShouldBeEmpty();

    [Fact]
    public async Task WhereTheCopyCannotBeReadNothingIsFlagged()
    {
        _world.Mirror.Closed = Problem.Unavailable("the disk is away");

        (await UnfoundedAsync(Foreign(new string('b', 40)))).ShouldBeEmpty();
    }

    [Fact]
    public async Task WhereTheEnvironmentListsNoRepositoryNothingIsFlagged()
    {
        var elsewhere = Environment() with { Rule = Environment().Rule with { Repositories = [] } };

        (await Links().FindAsync(elsewhere, [Foreign(new string('b', 40))], default)).Unfounded.ShouldBeEmpty();
    }

    /// <summary>Whoever can write tags must not fill the audit log.</summary>
    [Fact]
    [Trait("Threat", "T123")]
    public async Task OfManyClaimsFiftyAreFlaggedInOneLook()
    {
        var many = Enumerable.Range(1, 90).Select(i => Foreign($"{i:x40}") with { Id = $"m-{i}" });

        (await Links().FindAsync(Environment(), [.. many], default)).Unfounded.Count.ShouldBe(50);
    }

    private async Task<IReadOnlyList<ObservedRun>> FindAsync(ForeignRun run) =>
        (await Links().FindAsync(Environment(), [run], default)).Observed;

    private async Task<IReadOnlyList<UnfoundedRun>> UnfoundedAsync(ForeignRun run) =>
        (await Links().FindAsync(Environment(), [run], default)).Unfounded;

    private EnvironmentConnection Environment() => _world.Get<EnvironmentConnections>().Find("ml-prod")!;

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

    private async Task<Run> AddAsync(RunState state, params IReadOnlyList<ModelVersion> models)
    {
        var run = Sample.Run($"{state}") with { State = state, Repository = new RepositoryKey("f-other", 1) };
        await _world.ApplyAsync(new AddRun(run), new SaveResults(run.Id, [], models));
        return run;
    }

    private static ForeignRun Foreign(string commit) => new("m-1") { Commits = [(Tag, commit)], Models = [Three] };
}
