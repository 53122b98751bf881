using Shouldly;
using Xunit;

namespace Bascule.Testing.Platforms;

/// <summary>What a connector must do whose platform lets a run in for what it is, and not for a password.</summary>
public abstract class RunIdentityConformance(PlatformStage stage)
{
    [Fact]
    public async Task LetsNoStrangerIn()
    {
        var refused = (await stage.Connect().IdentifyAsync(stage.Stranger, default)).Problem.ShouldNotBeNull();

        refused.IsTransient.ShouldBeFalse(refused.Message);
        refused.Message.ShouldContain(stage.Stranger.Subject);
    }

    [Fact]
    public async Task DoesNothingForAStranger()
    {
        var (run, before) = (stage.NewRun(stage.NewWork()), stage.Effects);

        var refused = (await run.StartAsync(stage.Connect(), stage.Stranger)).Problem.ShouldNotBeNull();

        refused.IsTransient.ShouldBeFalse(refused.Message);
        stage.Effects.ShouldBe(before);
    }
}
