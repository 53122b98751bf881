using Bascule.Core;
using Bascule.Server.Work;

namespace Bascule.Server.Tests.Work;

public sealed class BackOffTests
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);

    [Fact]
    public void DoublesWithJitterUpToTwoMinutes()
    {
        for (var round = 0; round < 50; round++)
        {
            BackOff.After(0, First).ShouldBeInRange(First * 0.75, First * 1.25);
            BackOff.After(3, First).ShouldBeInRange(First * 6, First * 10);
            BackOff.After(1000, First).ShouldBeInRange(TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(150));
        }
    }

    [Fact]
    public void WaitsAsLongAsTheOtherSideAsksUnlessItAsksForTooMuch()
    {
        BackOff.For(Problem.Limited("slow down", TimeSpan.FromSeconds(42)), 0, First).TotalSeconds.ShouldBe(42);
        BackOff
            .For(Problem.Limited("for ever", TimeSpan.FromDays(1)), 0, First)
            .ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }
}
