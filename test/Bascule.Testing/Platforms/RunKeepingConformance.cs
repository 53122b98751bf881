using Bascule.Core;
using Bascule.Core.Platforms;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Platforms;

/// <summary>What a connector must do whose platform keeps what was launched as a run of its own.</summary>
public abstract class RunKeepingConformance(PlatformStage stage, IKeepsRuns runs)
{
    [Fact]
    public async Task LeadsToTheRunsPage()
    {
        var (run, platform) = (stage.NewRun(stage.NewWork()), stage.Connect());

        await run.StartAsync(platform);

        (await run.WatchToEndAsync(platform)).Page.ShouldNotBeNull();
    }

    [Fact]
    public async Task TellsAFailureWithTheEndOfTheLog()
    {
        var (run, platform) = (stage.NewRun(runs.NewFailing()), stage.Connect());

        await run.StartAsync(platform);
        var end = await run.WatchToEndAsync(platform);

        end.State.ShouldBe(PlatformRunState.Failed);
        end.LogTail.ShouldNotBeNull().ShouldContain(runs.LastWords);
    }

    [Fact]
    [Trait("Threat", "T133")]
    public async Task SaysThatADeletedRunIsGoneAndStartsNoOther()
    {
        var (run, platform) = (stage.NewRun(stage.NewWork()), stage.Connect());
        await run.StartAsync(platform);
        await run.WatchToEndAsync(platform);
        var before = stage.Effects;
        runs.Delete(run);

        var gone = (await run.LookAsync(platform)).Problem.ShouldNotBeNull();

        gone.Code.ShouldBe(ProblemCode.NotFound);
        (await run.CancelAsync(platform)).Problem.ShouldBeNull();
        var again = (await run.StartAsync(platform)).Problem ?? (await run.LookAsync(platform)).Problem;
        again.ShouldNotBeNull().IsTransient.ShouldBeFalse();
        again.Message.ShouldContain("bascule run retry");
        stage.Effects.ShouldBe(before);
    }
}
