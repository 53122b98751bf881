using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Core.Forges;
using Bascule.Core.Platforms;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Platforms;

/// <summary>What every platform connector must do, whatever the platform and whether it is simulated or real. A connector's tests inherit this.</summary>
public abstract class PlatformConformance(PlatformStage stage)
{
    [Fact]
    public void PlansTheSameForTheSameRequestAndCallsNobody()
    {
        var (run, before) = (stage.NewRun(stage.Training), stage.Calls);

        var (one, other) = (stage.Connect().Plan(run.Planned).Value, stage.Connect().Plan(run.Planned).Value);

        one.Json.ShouldBe(other.Json);
        one.Target.ShouldContain(stage.Model);
        one.Json.ShouldContain("{{run}}");
        stage.Calls.ShouldBe(before);
    }

    [Fact]
    public void PlansTheSameForAnotherCommitOfTheSameContent()
    {
        var (run, platform) = (stage.NewRun(stage.Training), stage.Connect());

        var one = platform.Plan(run.Planned).Value.Json;
        var other = platform.Plan(run.Planned with { Commit = CommitId.Parse(new string('e', 40)) }).Value.Json;

        other.ShouldNotBe(one);
        ApprovedThing.DigestOf(other).ShouldBe(ApprovedThing.DigestOf(one));
    }

    [Fact]
    public async Task RunsTheTreeAndReadsItsLog()
    {
        var (run, platform) = (stage.NewRun(stage.Training), stage.Connect());

        (await run.StartAsync(platform)).Problem.ShouldBeNull();
        var end = await run.WatchToEndAsync(platform);

        end.State.ShouldBe(PlatformRunState.Succeeded, end.LogTail);
        end.LogTail.ShouldNotBeNull().ShouldContain("trained");
        end.Page.ShouldNotBeNull();
    }

    [Fact]
    public async Task ReadsMetricsAndModelOfTheRunAndOfNoOther()
    {
        var platform = stage.Connect();
        var (one, other) = (stage.NewRun(stage.Training), stage.NewRun(stage.Training));
        foreach (var run in new[] { one, other })
        {
            await run.StartAsync(platform);
            await run.WatchToEndAsync(platform);
        }

        var results = (await ((IRunResults)platform).ReadResultsAsync(one.Started, default)).Value;
        var others = (await ((IRunResults)platform).ReadResultsAsync(other.Started, default)).Value;

        results.Metrics.Single(metric => metric.Name == "rmse").Value.ShouldBe(0.25);
        results.Models.ShouldHaveSingleItem().Name.ShouldBe(stage.Model);
        results.Warnings.ShouldBeEmpty();
        others.Models.ShouldHaveSingleItem().Version.ShouldNotBe(results.Models[0].Version);
    }

    [Fact]
    public async Task TellsAFailureWithTheEndOfTheLog()
    {
        var (run, platform) = (stage.NewRun(stage.Failing), stage.Connect());

        await run.StartAsync(platform);
        var end = await run.WatchToEndAsync(platform);

        end.State.ShouldBe(PlatformRunState.Failed);
        end.LogTail.ShouldNotBeNull().ShouldContain("about to fail");
    }

    [Fact]
    public async Task StartsOneRunHoweverOftenAProcessCrashes()
    {
        var (run, before) = (stage.NewRun(stage.Training), stage.Launched);

        var first = await run.StartAsync(stage.Connect());
        var second = await run.StartAsync(stage.Connect());

        second.Value.Id.ShouldBe(first.Value.Id);
        stage.Launched.ShouldBe(before + 1);
    }

    [Fact]
    [Trait("Threat", "T133")]
    public async Task StartsOneRunWhenTheAnswerIsLost()
    {
        var (run, before) = (stage.NewRun(stage.Training), stage.Launched);
        stage.LoseNextStartAnswer();

        var lost = await run.StartAsync(stage.Connect());
        var again = await run.StartAsync(stage.Connect());

        lost.Problem!.IsTransient.ShouldBeTrue();
        again.Problem.ShouldBeNull();
        stage.Launched.ShouldBe(before + 1);
    }

    [Fact]
    public async Task StartsARunOfItsOwnForAnotherKey()
    {
        var (platform, before) = (stage.Connect(), stage.Launched);

        var one = await stage.NewRun(stage.Training).StartAsync(platform);
        var other = await stage.NewRun(stage.Training).StartAsync(platform);

        other.Value.Id.ShouldNotBe(one.Value.Id);
        stage.Launched.ShouldBe(before + 2);
    }

    [Fact]
    public async Task CancelsAtOnceAndMayBeAskedAgain()
    {
        var (run, platform) = (stage.NewRun(stage.Endless), stage.Connect());
        await run.StartAsync(platform);
        await run.WatchAsync(platform, seen => seen.State == PlatformRunState.Running);

        (await platform.CancelAsync(run.Started, default)).Problem.ShouldBeNull();

        (await run.WatchToEndAsync(platform)).State.ShouldBe(PlatformRunState.Canceled);
        (await platform.CancelAsync(run.Started, default)).Problem.ShouldBeNull();
    }

    [Fact]
    public async Task SaysThatADeletedRunIsGone()
    {
        var (run, platform) = (stage.NewRun(stage.Training), stage.Connect());
        await run.StartAsync(platform);
        await run.WatchToEndAsync(platform);
        stage.DeleteRun(run.PlatformId!);

        (await platform.ObserveAsync(run.Started, default)).Problem!.Code.ShouldBe(ProblemCode.NotFound);
        (await platform.CancelAsync(run.Started, default)).Problem.ShouldBeNull();
        var again = await run.StartAsync(platform);

        again.Problem!.IsTransient.ShouldBeFalse();
        again.Problem.Message.ShouldContain("bascule run retry");
    }

    [Fact]
    public async Task SaysWhoWeAreAndLetsNoStrangerIn()
    {
        var platform = stage.Connect();

        (await platform.IdentifyAsync(stage.Identity, default)).Value.ShouldNotBeEmpty();
        var refused = (await platform.IdentifyAsync(stage.Stranger, default)).Problem!;

        refused.Code.ShouldBe(ProblemCode.Denied);
        refused.Message.ShouldContain(stage.Stranger.Subject);
    }

    [Fact]
    public async Task ChangesNothingWithoutAnEntry()
    {
        var (run, before) = (stage.NewRun(stage.Training), stage.Launched);

        var started = await run.StartAsync(
            stage.Connect(),
            new RecordingAudit { Failing = Problem.Unavailable("full") }
        );

        started.Problem!.Message.ShouldBe("full");
        stage.Launched.ShouldBe(before);
    }

    [Fact]
    [Trait("Threat", "T114")]
    public async Task SaysNoTokenToAnybody()
    {
        var (run, platform) = (stage.NewRun(stage.Training), stage.Connect());

        var plan = platform.Plan(run.Planned).Value;
        await run.StartAsync(platform);
        var end = await run.WatchToEndAsync(platform);
        await run.StartAsync(stage.Connect(), stage.Stranger);

        var said = string.Join(
            '\n',
            [plan.Json, end.ToString(), .. run.Said, .. run.Audit.Entries.Select(entry => entry.ToString())]
        );
        stage.Secrets.ShouldNotBeEmpty();
        stage.Secrets.ShouldAllBe(secret => !said.Contains(secret, StringComparison.Ordinal));
    }
}
