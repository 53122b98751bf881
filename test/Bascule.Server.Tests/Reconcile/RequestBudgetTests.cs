using Bascule.Server.Reconcile;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Reconcile;

public sealed class RequestBudgetTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void GivesTwoSecondsWorthAtOnceAndThenItsRate()
    {
        var budget = new RequestBudget(5, _clock);
        Spend(budget).ShouldBe(10);

        _clock.Advance(TimeSpan.FromSeconds(1));
        Spend(budget).ShouldBe(5);
        _clock.Advance(TimeSpan.FromHours(1));
        Spend(budget).ShouldBe(10);
    }

    [Fact]
    public void SaysHowLongToWaitForHalfOfIt()
    {
        var budget = new RequestBudget(5, _clock);
        budget.Wait.ShouldBe(TimeSpan.Zero);
        Spend(budget);

        budget.Wait.ShouldBe(TimeSpan.FromSeconds(1));
        _clock.Advance(budget.Wait);
        budget.Available.ShouldBe(5);
    }

    [Fact]
    public void AClockSetBackGivesNothing()
    {
        var budget = new RequestBudget(5, _clock);
        Spend(budget);

        _clock.Advance(-TimeSpan.FromDays(1));

        Spend(budget).ShouldBe(0);
    }

    private static int Spend(RequestBudget budget)
    {
        var spent = 0;
        while (budget.TryTake())
            spent++;
        return spent;
    }
}
