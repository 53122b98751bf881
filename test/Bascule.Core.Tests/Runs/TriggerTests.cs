using Bascule.Core.Forges;
using Bascule.Core.Runs;

namespace Bascule.Core.Tests.Runs;

public sealed class TriggerTests
{
    private static readonly RefName Main = RefName.Parse("refs/heads/main");
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 13, 0, 0, TimeSpan.FromHours(1));

    [Fact]
    public void IsWrittenAsTheDesignSays()
    {
        Trigger.Ref(Main, 7).Text.ShouldBe("ref:refs/heads/main:7");
        Trigger.Schedule(Noon).Text.ShouldBe("schedule:2026-11-21T12:00:00Z");
        Trigger.Rollback(3).Text.ShouldBe("rollback:3");
        Trigger.Reproduction(new RunId("0123456789")).Text.ShouldBe("reproduction:0123456789");
        (Trigger.Rollback(3).RollbackGeneration, Trigger.Ref(Main, 3).RollbackGeneration).ShouldBe((3L, null));
    }

    [Fact]
    public void ALaterGenerationOfTheSameRefIsNewer()
    {
        Trigger.Ref(Main, 10).IsNewerThan(Trigger.Ref(Main, 9)).ShouldBeTrue();
        Trigger.Ref(Main, 9).IsNewerThan(Trigger.Ref(Main, 10)).ShouldBeFalse();
        Trigger.Ref(Main, 9).IsNewerThan(Trigger.Ref(Main, 9)).ShouldBeFalse();
        Trigger.Ref(RefName.Parse("refs/heads/other"), 10).IsNewerThan(Trigger.Ref(Main, 9)).ShouldBeFalse();
    }

    [Fact]
    public void ALaterPlannedTimeIsNewerAndKindsDoNotCompare()
    {
        Trigger.Schedule(Noon.AddHours(1)).IsNewerThan(Trigger.Schedule(Noon)).ShouldBeTrue();
        Trigger.Schedule(Noon).IsNewerThan(Trigger.Schedule(Noon.AddHours(1))).ShouldBeFalse();
        Trigger.Schedule(Noon).IsNewerThan(Trigger.Ref(Main, 1)).ShouldBeFalse();
        Trigger.Ref(Main, 1).IsNewerThan(Trigger.Schedule(Noon)).ShouldBeFalse();
        Trigger.Rollback(2).IsNewerThan(Trigger.Ref(Main, 1)).ShouldBeFalse();
        Trigger.Ref(Main, 2).IsNewerThan(Trigger.Rollback(1)).ShouldBeFalse();
        Trigger.Ref(Main, 2).IsNewerThan(Trigger.Reproduction(RunId.New())).ShouldBeFalse();
        Trigger.Reproduction(RunId.New()).IsNewerThan(Trigger.Ref(Main, 1)).ShouldBeFalse();
    }
}
