using Bascule.Connectors.Platforms.Airflow;
using Bascule.Core;
using Bascule.Simulators.Airflow;
using Bascule.Simulators.Databricks;

namespace Bascule.Connectors.Tests.Platforms.Airflow;

/// <summary>Waiting until Airflow has what the deploy ref names.</summary>
public sealed class AirflowVersionsTests
{
    private const string Broken = "# simulator: import error No module named 'x'\n";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    [Theory]
    [InlineData(AirflowGeneration.Two)]
    [InlineData(AirflowGeneration.Three)]
    public async Task IsPatientUntilTheVersionIsThere(AirflowGeneration generation)
    {
        await using var stage = await AirflowStage.StartAsync(generation);
        await stage.PublishAsync();
        var version = stage.Move("# a word\n"); // the tasks stay: the row of the DAG's version keeps its commit
        stage.Clock.OnWait = waits =>
        {
            if (waits == 3)
                stage.Simulator.FollowAsync().GetAwaiter().GetResult();
        };

        var look = await stage.Client.Versions.WaitAsync(stage.Session, version, Patience, default);

        look.Value.IsSeen.ShouldBeTrue();
        stage.Clock.Waits.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(AirflowGeneration.Two, "it was not parsed since")]
    [InlineData(AirflowGeneration.Three, "it is at ")]
    public async Task SaysWhatIsThereInsteadWhenPatienceEnds(AirflowGeneration generation, string why)
    {
        await using var stage = await AirflowStage.StartAsync(generation);
        await stage.PublishAsync();

        var minute = TimeSpan.FromMinutes(1);
        var look = await stage.Client.Versions.WaitAsync(stage.Session, stage.Move("# x\n"), minute, default);

        look.Value.Unseen.Single().Why.ShouldStartWith(why);
        stage.Clock.Waits.Sum(wait => wait.TotalSeconds).ShouldBeInRange(55, 60);
    }

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
    public async Task AnImportErrorThatStandsIsToldBeforePatienceEnds(AirflowGeneration generation)
    {
        await using var stage = await AirflowStage.StartAsync(generation);
        await stage.PublishAsync();
        var version = stage.Move(Broken);
        stage.Clock.OnWait = waits =>
        {
            if (waits == 2)
                stage.Simulator.FollowAsync().GetAwaiter().GetResult();
        };

        var look = await stage.Client.Versions.WaitAsync(stage.Session, version, Patience, default);

        var error = look.Value.Errors.Single();
        (error.Path, look.Value.Unseen.Single().Why).ShouldBe(("churn.py", "its file does not import"));
        error.Trace.ShouldContain("No module named 'x'");
        stage.Clock.Waits.Sum(wait => wait.TotalSeconds).ShouldBeInRange(120, 180);
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

    [Fact]
    public async Task ThrottlingIsWaitedOutAsLongAsItAsks()
    {
        await using var stage = await AirflowStage.StartAsync(AirflowGeneration.Three);
        var version = await stage.PublishAsync();
        stage.Simulator.Inject(Fault.TooMany("GET", "/details$", "40"));
        stage.Simulator.Inject(Fault.Unavailable("GET", "/importErrors$"));
        stage.Simulator.Inject(Fault.AbortBefore("GET", "/details$"));

        var look = await stage.Client.Versions.WaitAsync(stage.Session, version, Patience, default);

        look.Value.IsSeen.ShouldBeTrue();
        stage.Clock.Waits[0].ShouldBe(TimeSpan.FromSeconds(40));
        stage.Clock.Waits.Count.ShouldBe(3);
    }

    [Fact]
    public async Task ARefusalEndsTheWait()
    {
        await using var stage = await AirflowStage.StartAsync(AirflowGeneration.Three);
        var version = await stage.PublishAsync();
        var stranger = stage.Connect(new AirflowAccount.Password("bridge", new Secret("wrong")));

        var look = await stranger.Versions.WaitAsync(stage.Session, version, Patience, default);

        look.Problem!.Code.ShouldBe(ProblemCode.Unauthenticated);
        stage.Clock.Waits.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(AirflowGeneration.Two)]
    [InlineData(AirflowGeneration.Three)]
    public async Task TheServersOwnClockIsRead(AirflowGeneration generation)
    {
        await using var stage = await AirflowStage.StartAsync(generation);

        var clock = await stage.Client.Versions.ClockAsync(stage.Session, default);

        (DateTimeOffset.UtcNow - clock.Value).Duration().ShouldBeLessThan(TimeSpan.FromMinutes(5));
    }
}
