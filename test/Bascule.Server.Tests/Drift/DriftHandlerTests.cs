using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Drift;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Drift;
using Bascule.Server.Tests.World;
using Bascule.Testing.Storage;

namespace Bascule.Server.Tests.Drift;

public sealed class DriftHandlerTests : IAsyncLifetime
{
    private static readonly Difference Region = new("namedValues/region", DifferenceKind.Changed, ["value"]);
    private static readonly Difference Policy = new("policies/policy", DifferenceKind.Added, []);
    private DriftWorld _drift = null!;

    public async Task InitializeAsync() => _drift = await DriftWorld.OpenAsync();

    public async Task DisposeAsync() => await _drift.DisposeAsync();

    [Fact]
    public async Task WhatWasDeployedIsComparedOnceUntilItsTimeHasCome()
    {
        var result = await _drift.TurnAsync();
        await _drift.TurnAsync();

        result.ShouldBeOfType<RepeatedWork>().Wait.ShouldBe(DriftHandler.Tick);
        Compared().ShouldBe(1);
        var standing = (await _drift.StandingAsync()).ShouldNotBeNull();
        (standing.Run, standing.Total, standing.Problem).ShouldBe((_drift.Deployed.Id, 0, null));
        standing.ComparedAt.ShouldBe(_drift.World.Clock.GetUtcNow());
        (await EntriesAsync(AuditTypes.DriftFound)).ShouldBe(0);

        await _drift.NextAsync();
        Compared().ShouldBe(2);
    }

    [Fact]
    public async Task WhatIsFoundIsToldOnceWithAddressAndFields()
    {
        _drift.Finds(Region);
        await _drift.TurnAsync();
        var since = _drift.World.Clock.GetUtcNow();

        await _drift.NextAsync();

        var entry = (await _drift.World.EntriesAsync(AuditTypes.DriftFound)).ShouldHaveSingleItem();
        entry["facts"]!["differences"]!
            .ToJsonString()
            .ShouldBe("""[{"fields":["value"],"how":"changed","what":"namedValues/region"}]""");
        ((string)entry["links"]!["run"]!).ShouldBe(_drift.Deployed.Id.Text);
        var standing = (await _drift.StandingAsync()).ShouldNotBeNull();
        (standing.Total, standing.Since).ShouldBe((1, since));
        Warnings("not as").ShouldBe(1);
    }

    [Fact]
    public async Task SomethingElseIsToldAgainAndTheEndToo()
    {
        _drift.Finds(Region);
        await _drift.TurnAsync();
        var since = _drift.World.Clock.GetUtcNow();
        _drift.Finds(Region, Policy);
        await _drift.NextAsync();
        (await _drift.StandingAsync())!.Since.ShouldBe(since);
        _drift.Finds();

        await _drift.NextAsync();
        await _drift.NextAsync();

        (await EntriesAsync(AuditTypes.DriftFound)).ShouldBe(2);
        var ended = (await _drift.World.EntriesAsync(AuditTypes.DriftEnded)).ShouldHaveSingleItem();
        ((int)ended["facts"]!["total"]!).ShouldBe(2);
        var standing = (await _drift.StandingAsync())!;
        (standing.Total, standing.Since).ShouldBe((0, null));
    }

    [Fact]
    public async Task AnotherOfTheSameNumberIsToldAgain()
    {
        _drift.Finds(Region);
        await _drift.TurnAsync();
        _drift.Finds(Policy);

        await _drift.NextAsync();

        (await EntriesAsync(AuditTypes.DriftFound)).ShouldBe(2);
    }

    [Fact]
    public async Task MoreThanIsKeptIsToldAgainWhenTheirNumberChanges()
    {
        _drift.Finds([.. Enumerable.Repeat(Region, DriftStanding.MostKept + 1)]);
        await _drift.TurnAsync();
        _drift.Finds([.. Enumerable.Repeat(Region, DriftStanding.MostKept + 2)]);

        await _drift.NextAsync();
        await _drift.NextAsync();

        (await EntriesAsync(AuditTypes.DriftFound)).ShouldBe(2);
    }

    [Fact]
    public async Task AComparisonThatCannotBeMadeIsNoWordThatAllIsWell()
    {
        _drift.Finds(Region);
        await _drift.TurnAsync();
        var compared = _drift.World.Clock.GetUtcNow();
        _drift.Fails(Problem.Denied("the login is refused"));

        await _drift.NextAsync();

        var standing = (await _drift.StandingAsync())!;
        (standing.Problem, standing.ComparedAt, standing.Total).ShouldBe(("the login is refused", compared, 1));
        (await EntriesAsync(AuditTypes.DriftEnded)).ShouldBe(0);
        Warnings("could not be compared").ShouldBe(1);
    }

    [Fact]
    public async Task WhatCouldNotBeComparedIsTriedSoonAgain()
    {
        _drift.Fails(Problem.Unavailable("the service is away"));
        await _drift.TurnAsync();
        (await _drift.StandingAsync())!.ComparedAt.ShouldBeNull();
        _drift.Finds();
        _drift.World.Clock.Advance(DriftHandler.Again);

        await _drift.TurnAsync();

        (await _drift.StandingAsync())!.Problem.ShouldBeNull();
        Warnings("could not be compared").ShouldBe(1);
    }

    [Fact]
    public async Task WhileARunHoldsTheTargetNothingIsCompared()
    {
        var running = await HoldAsync();
        _drift.Finds(Region);

        await _drift.TurnAsync();

        Compared().ShouldBe(0);
        (await _drift.StandingAsync()).ShouldBeNull();
        await EndAsync(running);
        _drift.World.Clock.Advance(TimeSpan.FromMinutes(1));
        await _drift.TurnAsync();
        Compared().ShouldBe(1);
    }

    [Fact]
    public async Task ARunOfAnotherEnvironmentOnThePlatformHoldsTheTargetToo()
    {
        await HoldAsync("ml-dev");

        await _drift.TurnAsync();

        Compared().ShouldBe(0);
    }

    [Fact]
    public async Task ARunThatWasRefusedMeanwhileHasChangedNothing()
    {
        _drift.World.Platform.WhileComparing = async () => await EndAsync(await AddAsync(), hasBegun: false);

        await _drift.TurnAsync();

        (await _drift.StandingAsync()).ShouldNotBeNull();
    }

    [Fact]
    public async Task WhatARunHasHalfDoneIsNoDrift()
    {
        _drift.Finds(Region);
        _drift.World.Platform.WhileComparing = HoldAsync;

        await _drift.TurnAsync();

        Compared().ShouldBe(1);
        (await _drift.StandingAsync()).ShouldBeNull();
        (await EntriesAsync(AuditTypes.DriftFound)).ShouldBe(0);
    }

    [Fact]
    public async Task NorIsWhatARunDidThatBeganAndEndedMeanwhile()
    {
        _drift.Finds(Region);
        _drift.World.Platform.WhileComparing = async () => await EndAsync(await HoldAsync());

        await _drift.TurnAsync();

        (await _drift.StandingAsync()).ShouldBeNull();
        (await EntriesAsync(AuditTypes.DriftFound)).ShouldBe(0);
    }

    [Fact]
    public async Task WhatIsDeployedAnewIsComparedAtOnce()
    {
        _drift.Finds(Region);
        await _drift.TurnAsync();
        var second = await _drift.DeployAsync('b');
        _drift.World.Clock.Advance(TimeSpan.FromMinutes(1));
        _drift.Finds();

        await _drift.TurnAsync();

        var standing = (await _drift.StandingAsync())!;
        (standing.Run, standing.Commit, standing.Total).ShouldBe((second.Id, second.Commit, 0));
        (await EntriesAsync(AuditTypes.DriftEnded)).ShouldBe(1);
    }

    [Fact]
    public async Task TheReplicasOfAnInstallationHaveOneRow()
    {
        var now = _drift.World.Clock.GetUtcNow();

        await _drift.World.ApplyAsync(DriftHandler.RowOf(_drift.Environment, now));
        await _drift.World.ApplyAsync(DriftHandler.RowOf(_drift.Environment, now));

        (await _drift.World.DueAsync(DriftHandler.DriftKind)).Count.ShouldBe(1);
        await _drift.World.DrainAsync(DriftHandler.DriftKind);
        Compared().ShouldBe(1);
    }

    [Fact]
    public async Task AnEnvironmentThatIsNotComparedAnyMoreEndsItsRowAndIsForgotten()
    {
        var place = _drift.Place with { Environment = "ml-dev" };
        await _drift.World.ApplyAsync(
            new SaveDrift(
                new DriftStanding(place, _drift.Deployed.Id, _drift.Deployed.Commit, _drift.World.Clock.GetUtcNow())
            )
        );
        var row = new WorkItem(1, "drift", DriftHandler.DriftKind, "ml-dev", 0, _drift.World.Clock.GetUtcNow());

        var result = await _drift.World.Get<DriftHandler>().HandleAsync(row, default);

        result.ShouldBeOfType<FinishedWork>();
        result.Changes.ShouldHaveSingleItem().ShouldBe(new ForgetDrift(place));
    }

    private int Compared() => _drift.World.Platform.Calls.Count(call => call == "compare");

    private int Warnings(string words) =>
        _drift.World.Logs.Lines.Count(line => line.Contains(words, StringComparison.Ordinal));

    private async Task<int> EntriesAsync(string type) => (await _drift.World.EntriesAsync(type)).Count;

    /// <summary>A run of another branch that deploys to the same target.</summary>
    private async Task<Run> HoldAsync(string environment)
    {
        var run = await AddAsync();
        await _drift.World.ApplyAsync(
            new JoinLine(run.Id, environment, run.Target!, 1, Alone: true, "lane"),
            new TakeTarget(run.Id, _drift.World.Clock.GetUtcNow())
        );
        return run;
    }

    private Task<Run> HoldAsync() => HoldAsync("ml-prod");

    private async Task<Run> AddAsync()
    {
        var run = Sample.Run(RunId.New().Text + RunId.New().Text) with
        {
            Repository = ServerWorld.Churn,
            Target = _drift.Deployed.Target,
            HoldsAlone = true,
            CreatedAt = _drift.World.Clock.GetUtcNow(),
        };
        await _drift.World.ApplyAsync(new AddRun(run));
        return run;
    }

    private async Task EndAsync(Run run, bool hasBegun = true)
    {
        var stored = await _drift.World.FindAsync(run);
        await _drift.World.ApplyAsync(
            new SaveRun(
                stored with
                {
                    State = RunState.Failed,
                    StartBegun = hasBegun,
                    FinishedAt = _drift.World.Clock.GetUtcNow(),
                }
            )
        );
    }
}
