using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Core.Forges;
using Bascule.Core.Platforms;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Platforms;

/// <summary>What every platform connector must do, whatever the platform and whether it is simulated or real. A connector's tests inherit this, and the suites of the roles that it has.</summary>
public abstract class PlatformConformance(PlatformStage stage)
{
    [Fact]
    public void PlansTheSameForTheSameRequestAndCallsNobodyWithoutLeave()
    {
        var (run, before) = (stage.NewRun(stage.NewWork()), stage.Calls);

        var (one, other) = (stage.Connect().Plan(run.Planned).Value, stage.Connect().Plan(run.Planned).Value);

        one.Json.ShouldBe(other.Json);
        one.Target.ShouldContain(stage.Target);
        one.Json.ShouldContain("{{run}}");
        stage.Calls.ShouldBe(before);
    }

    [Fact]
    public void PlansTheSameForAnotherCommitOfTheSameContent()
    {
        var (run, platform) = (stage.NewRun(stage.NewWork()), stage.Connect());

        var one = platform.Plan(run.Planned).Value.Json;
        var other = platform.Plan(run.Planned with { Commit = CommitId.Parse(new string('e', 40)) }).Value.Json;

        other.ShouldNotBe(one);
        ApprovedThing.DigestOf(other).ShouldBe(ApprovedThing.DigestOf(one));
    }

    [Fact]
    public async Task DoesWhatTheCommitSays()
    {
        var (run, platform, before) = (stage.NewRun(stage.NewWork()), stage.Connect(), stage.Effects);

        (await run.StartAsync(platform)).Problem.ShouldBeNull();
        var end = await run.WatchToEndAsync(platform);

        end.State.ShouldBe(PlatformRunState.Succeeded, $"{end.Message} {end.LogTail}");
        stage.Effects.ShouldBe(before + 1);
    }

    [Fact]
    [Trait("Threat", "T133")]
    public async Task DoesItOnceHoweverOftenAProcessCrashes()
    {
        var (run, before) = (stage.NewRun(stage.NewWork()), stage.Effects);

        var first = await run.StartAsync(stage.Connect());
        var second = await run.StartAsync(stage.Connect());
        await run.LookAsync(stage.Connect());
        var third = await run.StartAsync(stage.Connect());
        var end = await run.WatchToEndAsync(stage.Connect());

        second.Value.Id.ShouldBe(first.Value.Id);
        third.Value.Id.ShouldBe(first.Value.Id);
        end.State.ShouldBe(PlatformRunState.Succeeded, end.Message);
        stage.Effects.ShouldBe(before + 1);
    }

    [Fact]
    [Trait("Threat", "T133")]
    public async Task DoesItOnceWhenTheAnswerIsLost()
    {
        var (run, before) = (stage.NewRun(stage.NewWork()), stage.Effects);
        var isLost = stage.LoseNextAnswer();

        if ((await run.StartAsync(stage.Connect())).Problem is { } unknown)
        {
            unknown.IsTransient.ShouldBeTrue(unknown.Message);
            (await run.StartAsync(stage.Connect())).Problem.ShouldBeNull();
        }
        var end = await run.WatchToEndAsync(stage.Connect());

        isLost().ShouldBeTrue();
        end.State.ShouldBe(PlatformRunState.Succeeded, end.Message);
        stage.Effects.ShouldBe(before + 1);
    }

    [Fact]
    public async Task DoesItAgainForAnotherKey()
    {
        var (platform, before) = (stage.Connect(), stage.Effects);
        var (one, other) = (stage.NewRun(stage.NewWork()), stage.NewRun(stage.NewWork()));

        foreach (var run in new[] { one, other })
        {
            (await run.StartAsync(platform)).Problem.ShouldBeNull();
            await run.WatchToEndAsync(platform);
        }

        other.PlatformId.ShouldNotBe(one.PlatformId);
        stage.Effects.ShouldBe(before + 2);
    }

    [Fact]
    public async Task CancelsWhatHasBegunAndMayBeAskedAgain()
    {
        var (run, platform) = (stage.NewRun(stage.NewEndless()), stage.Connect());
        await run.StartAsync(platform);
        await run.BeginAsync(platform);

        (await run.CancelAsync(platform)).Problem.ShouldBeNull();

        (await run.WatchToEndAsync(platform)).State.ShouldBe(PlatformRunState.Canceled);
        (await run.CancelAsync(platform)).Problem.ShouldBeNull();
    }

    [Fact]
    public async Task SaysWhoWeAre() =>
        (await stage.Connect().IdentifyAsync(stage.Identity, default)).Value.ShouldNotBeEmpty();

    [Fact]
    public async Task ChangesNothingWithoutAnEntry()
    {
        var (run, before) = (stage.NewRun(stage.NewWork()), stage.Effects);
        var (platform, audit) = (stage.Connect(), new RecordingAudit { Failing = Problem.Unavailable("full") });

        var problem = (await run.StartAsync(platform, audit)).Problem;
        for (var look = 0; look < 5 && problem is null; look++)
            problem = (await run.LookAsync(platform, audit)).Problem;

        problem.ShouldNotBeNull().Message.ShouldBe("full");
        stage.Effects.ShouldBe(before);
    }

    [Fact]
    [Trait("Threat", "T114")]
    public async Task SaysNoTokenToAnybody()
    {
        var (run, platform) = (stage.NewRun(stage.NewWork()), stage.Connect());

        var plan = platform.Plan(run.Planned).Value;
        await run.StartAsync(platform);
        var end = await run.WatchToEndAsync(platform);
        var strange = stage.NewRun(stage.NewWork());
        await strange.StartAsync(stage.Connect(), stage.Stranger);

        var said = string.Join(
            '\n',
            [
                plan.Json,
                end.ToString(),
                .. run.Said,
                .. strange.Said,
                .. run.Audit.Entries.Select(entry => entry.ToString()),
            ]
        );
        stage.Secrets.ShouldNotBeEmpty();
        stage.Secrets.ShouldAllBe(secret => !said.Contains(secret, StringComparison.Ordinal));
    }
}
