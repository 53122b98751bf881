using Bascule.Simulators.Airflow;
using Bascule.Simulators.Databricks;

namespace Bascule.Connectors.Tests.Platforms.Airflow;

/// <summary>Waiting until Airflow has what the deploy ref names.</summary>
public sealed class AirflowVersionsTests
{
    private const string Broken = "# simulator: import error No module named 'x'\n";

    [Theory]
    [InlineData(AirflowGeneration.Two)]
    [InlineData(AirflowGeneration.Three)]
    public async Task WithoutCommitsAParseOfTheOldFilesIsNotTakenForTheNewOnes(AirflowGeneration generation)
    {
        await using var stage = await AirflowStage.StartAsync(generation, hasVersions: false);
        await stage.PublishAsync();
        var version = stage.Move("# new\n");

        await stage.Simulator.ParseAsync();
        var early = await stage.Client.Versions.LookAsync(stage.Session, version, default);
        await stage.Simulator.FollowAsync();
        var late = await stage.Client.Versions.LookAsync(stage.Session, version, default);

        early.Value.Unseen.Single().Why.ShouldBe("it was parsed from another text");
        late.Value.IsSeen.ShouldBeTrue();
    }

    [Theory]
    [InlineData(AirflowGeneration.Two)]
    [InlineData(AirflowGeneration.Three)]
    public async Task AnErrorFromBeforeTheMoveIsNotOfThisCommit(AirflowGeneration generation)
    {
        await using var stage = await AirflowStage.StartAsync(generation);
        await stage.PublishAsync(Broken);
        var mended = stage.Move("# mended\n");

        var before = await stage.Client.Versions.LookAsync(stage.Session, mended, default);
        await stage.Simulator.FollowAsync();
        var after = await stage.Client.Versions.LookAsync(stage.Session, mended, default);

        (before.Value.IsSeen, before.Value.Errors.Count).ShouldBe((false, 0));
        (after.Value.IsSeen, after.Value.Errors.Count).ShouldBe((true, 0));
    }

    [Fact]
    public async Task ErrorsOfOtherBundlesAreNotOurs()
    {
        await using var stage = await AirflowStage.StartAsync(AirflowGeneration.Three);
        var version = await stage.PublishAsync(Broken);
        stage.Simulator.Inject(
            Fault.Forge("GET", "/importErrors$", json => json["import_errors"]![0]!["bundle_name"] = "theirs")
        );

        var theirs = await stage.Client.Versions.LookAsync(stage.Session, version, default);
        var ours = await stage.Client.Versions.LookAsync(stage.Session, version, default);

        (theirs.Value.Errors.Count, ours.Value.Errors.Count).ShouldBe((0, 1));
    }

    [Theory]
    [InlineData(AirflowGeneration.Two)]
    [InlineData(AirflowGeneration.Three)]
    public async Task ADagWhoseFileIsGoneIsNotThere(AirflowGeneration generation)
    {
        await using var stage = await AirflowStage.StartAsync(generation);
        var version = await stage.PublishAsync();
        stage.Repository.Commit(("churn.py", null));
        await stage.Simulator.FollowAsync();

        var look = await stage.Client.Versions.LookAsync(stage.Session, version, default);

        look.Value.Unseen.Single().Why.ShouldBe("its file is gone");
    }

    [Theory]
    [InlineData(AirflowGeneration.Two)]
    [InlineData(AirflowGeneration.Three)]
    public async Task TheServersOwnClockIsRead(AirflowGeneration generation)
    {
        await using var stage = await AirflowStage.StartAsync(generation);

        var clock = await stage.Client.Versions.ClockAsync(stage.Session, default);

        (stage.Clock.GetUtcNow() - clock.Value).Duration().ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(1));
    }
}
