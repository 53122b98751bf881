using Bascule.Cli.Features.Dags;
using Bascule.Core;

namespace Bascule.EndToEnd.Dags;

public sealed class FollowPaceTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly Problem Gone = Problem.Unavailable("gone");

    [Fact]
    public void GrowsToAMinuteAndBeginsAnewWhenItWorks()
    {
        var pace = new FollowPace(Interval, () => 1);

        Seconds(pace, 8).ShouldBe([1, 2, 4, 8, 16, 32, 60, 60]);
        pace.After(null).ShouldBe(Interval);
        Seconds(pace, 1).ShouldBe([1]);
    }

    [Fact]
    public void IsNotInStepWithOthers() => Seconds(new FollowPace(Interval, () => 0), 3).ShouldBe([0.5, 1, 2]);

    [Theory]
    [InlineData(7, 7)]
    [InlineData(3600, 60)]
    public void WaitsAsLongAsItIsAskedToUpToAMinute(int asked, int waited) =>
        new FollowPace(Interval, () => 1)
            .After(Problem.Limited("busy", TimeSpan.FromSeconds(asked)))
            .ShouldBe(TimeSpan.FromSeconds(waited));

    [Fact]
    public void LooksOutForWhatReplacesACommitThatIsRefused()
    {
        var pace = new FollowPace(Interval, () => 1);

        pace.After(Problem.Invalid("hostile")).ShouldBe(Interval);
        pace.After(Problem.Exceeded("large")).ShouldBe(Interval);
    }

    private static double[] Seconds(FollowPace pace, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => pace.After(Gone).TotalSeconds)];
}
