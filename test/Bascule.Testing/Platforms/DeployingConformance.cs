using Bascule.Core;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Platforms;

/// <summary>What a connector must do for whose platform the commit is the deployment.</summary>
public abstract class DeployingConformance(PlatformStage stage, IDeploys deploys)
{
    [Fact]
    public void HoldsItsTargetAlone() =>
        stage.Connect().Plan(stage.NewRun(stage.NewWork()).Planned).Value.HoldsAlone.ShouldBeTrue();

    [Fact]
    public async Task WhatIsNotFitIsNamedByFileAndLineBeforeAnybodyIsCalled()
    {
        var (run, before, effects) = (stage.NewRun(deploys.NewUnfit()), stage.Calls, stage.Effects);

        var refused = (await run.StartAsync(stage.Connect())).Problem.ShouldNotBeNull();

        refused.Code.ShouldBe(ProblemCode.Denied);
        refused.Message.ShouldContain($"{deploys.UnfitFile}:1: ");
        (stage.Calls, stage.Effects).ShouldBe((before, effects));
    }

    /// <summary>Somebody withdraws it between its plan and its launch.</summary>
    [Fact]
    public async Task WhatIsWithdrawnIsNotDeployed()
    {
        var (run, effects) = (stage.NewRun(stage.NewWork()), stage.Effects);
        run.Withdrawn = Problem.Conflict("canceled");

        (await run.StartAsync(stage.Connect())).Problem.ShouldNotBeNull().Message.ShouldBe("canceled");

        await stage.PassAsync();
        stage.Effects.ShouldBe(effects);
    }

    [Fact]
    public async Task TellsWhatItDid()
    {
        var (run, platform) = (stage.NewRun(stage.NewWork()), stage.Connect());

        await run.StartAsync(platform);
        await run.WatchToEndAsync(platform);

        run.Said.ShouldNotBeEmpty();
        run.Audit.Entries.ShouldNotBeEmpty();
    }
}
