using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Server.Reports;
using Bascule.Server.Tests.Reports;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Runs;

/// <summary>What a workflow requires of its metrics, from the end of a run to what the forge is told.</summary>
public sealed class RunRequirementsTests : IAsyncLifetime
{
    private const string Required =
        ServerWorld.File + "\n    report: { metrics: { rmse: { better: lower, tolerance: 0.05 } }, require: [rmse] }\n";

    private ServerWorld _world = null!;

    public async Task InitializeAsync()
    {
        _world = await ServerWorld.OpenAsync();
        _world.Mirror.Commit(ServerWorld.Main, 'f', parent: null, (".bascule.yaml", Required));
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Theory]
    [InlineData(0.44)]
    [InlineData(0.3)]
    public async Task WhatIsNotWorseIsGood(double rmse)
    {
        await SucceedBeforeAsync(0.4);

        var run = await EndAsync(Required, new Metric("rmse", rmse));

        (run.State, run.Shortfall, run.IsGood).ShouldBe((RunState.Succeeded, null, true));
    }

    [Fact]
    public async Task WhatIsWorseFallsShortAndTheForgeIsToldSo()
    {
        var former = await SucceedBeforeAsync(0.4);

        var run = await EndAsync(Required, new Metric("rmse", 0.5));

        run.State.ShouldBe(RunState.Succeeded);
        run.Shortfall.ShouldBe(
            $"rmse is 0.5, worse than 0.4 before, by more than 0.05 (run {former.Id}, commit {former.Commit.Short})"
        );
        (await _world.TimelineAsync(run)).ShouldContain($"observe: {run.Shortfall}");
        (Words.Sign(run), Words.State(run), Words.Whole(run)).ShouldBe(
            ("❌", "succeeded, but not good enough", $"succeeded, but {run.Shortfall}")
        );
    }

    [Theory]
    [InlineData(null, "rmse was not logged, and report.require asks for it")]
    [InlineData(double.NaN, "rmse is NaN")]
    [InlineData(double.PositiveInfinity, "rmse is Infinity")]
    public async Task WhatIsNoNumberFallsShort(double? rmse, string said)
    {
        Metric[] metrics = rmse is { } value ? [new Metric("rmse", value)] : [new Metric("auc", 1)];

        (await EndAsync(Required, metrics)).Shortfall.ShouldBe(said);
    }

    [Fact]
    public async Task ARetryHasNotFallenShortYet()
    {
        var run = await EndAsync(Required, new Metric("rmse", double.NaN));

        var again = await _world.Get<IRunCommands>().RetryAsync(run.Id, "operator", default);

        (again.Value.State, again.Value.Shortfall).ShouldBe((RunState.Queued, null));
    }

    [Fact]
    public async Task TheFirstOneHasNothingToBeWorseThan() =>
        (await EndAsync(Required, new Metric("rmse", 100))).IsGood.ShouldBeTrue();

    [Fact]
    public async Task WhereNothingIsRequiredWorseIsGoodEnough()
    {
        await SucceedBeforeAsync(0.4);

        var run = await EndAsync(
            ServerWorld.File + "\n    report: { metrics: { rmse: lower } }\n",
            new Metric("rmse", 0.5)
        );

        run.IsGood.ShouldBeTrue();
    }

    private async Task<Run> SucceedBeforeAsync(double rmse)
    {
        var former = await _world.AddAsync(ReportStage.ARun(RunState.Succeeded, minutes: -10));
        await _world.ApplyAsync(new SaveResults(former.Id, [new Metric("rmse", rmse)], []));
        return former;
    }

    private async Task<Run> EndAsync(string file, params Metric[] metrics)
    {
        _world.Platform.Results = new RunResults(metrics, [], []);
        var run = await _world.QueueAsync(file: file);
        await _world.DrainAsync("run.start");
        _world.Platform.Observation = new Observation(PlatformRunState.Succeeded, null, null, null);
        await _world.DrainAsync("run.observe");
        return await _world.FindAsync(run);
    }
}
