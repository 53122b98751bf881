using Bascule.Core;
using Bascule.Core.Deliveries;
using Bascule.Core.Work;
using Bascule.Server.Work;

namespace Bascule.Server.Events;

/// <summary>
/// An acknowledged delivery is never dropped because the forge is away: what may pass is tried again without end, what an operator must mend
/// for about a day.
/// </summary>
internal static class EventRetry
{
    /// <summary>With waits of two minutes, about a day.</summary>
    private const int MaxPermanentAttempts = 700;

    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(500);

    /// <summary>The delivery could not be read as an event: a full disk passes, a delivery that is gone does not come back.</summary>
    public static WorkResult Unread(WorkItem item, Problem problem) =>
        problem.IsTransient
            ? WorkResult.Retry(BackOff.For(problem, item.Attempt, FirstWait), problem)
            : WorkResult.Finished(new SettleDelivery(item.Subject, problem.Message));

    public static WorkResult After(WorkItem item, Delivery delivery, Problem problem, TimeSpan firstWait) =>
        !problem.IsTransient && item.Attempt >= MaxPermanentAttempts
            ? WorkResult.Finished(new SettleDelivery(delivery.Uid, $"given up: {problem.Message}"))
            : WorkResult.Retry(BackOff.For(problem, item.Attempt, firstWait), problem);
}
