using Bascule.Core.Platforms;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Platforms;

/// <summary>What a connector must do whose platform keeps metrics and models: the role <see cref="IRunResults"/>.</summary>
public abstract class TrainingConformance(PlatformStage stage, ITrains trains)
{
    [Fact]
    public async Task RunsTheTreeAndReadsItsLog()
    {
        var (run, platform) = (stage.NewRun(trains.Training), stage.Connect());

        (await run.StartAsync(platform)).Problem.ShouldBeNull();
        var end = await run.WatchToEndAsync(platform);

        end.State.ShouldBe(PlatformRunState.Succeeded, end.LogTail);
        end.LogTail.ShouldNotBeNull().ShouldContain("trained");
    }

    [Fact]
    [Trait("Threat", "T134")]
    public async Task ReadsMetricsAndModelOfTheRunAndOfNoOther()
    {
        var platform = stage.Connect();
        var (one, other) = (stage.NewRun(trains.Training), stage.NewRun(trains.Training));
        foreach (var run in new[] { one, other })
        {
            await run.StartAsync(platform);
            await run.WatchToEndAsync(platform);
        }

        var results = (await ((IRunResults)platform).ReadResultsAsync(one.Started, default)).Value;
        var others = (await ((IRunResults)platform).ReadResultsAsync(other.Started, default)).Value;

        results.Metrics.Single(metric => metric.Name == "rmse").Value.ShouldBe(0.25);
        results.Models.ShouldHaveSingleItem().Name.ShouldBe(trains.Model);
        results.Warnings.ShouldBeEmpty();
        others.Models.ShouldHaveSingleItem().Version.ShouldNotBe(results.Models[0].Version);
    }
}
