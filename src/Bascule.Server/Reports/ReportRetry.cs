using Bascule.Core;
using Bascule.Core.Work;
using Bascule.Server.Work;

namespace Bascule.Server.Reports;

/// <summary>The final state of a run always reaches the forge (THREATS T136): a report waits out whatever stands in its way, about a day for what an operator must mend.</summary>
internal static class ReportRetry
{
    private const int MaxPermanentAttempts = 700;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(500);

    public static WorkResult After(WorkItem item, Problem problem) =>
        problem.IsTransient || item.Attempt < MaxPermanentAttempts
            ? WorkResult.Retry(BackOff.For(problem, item.Attempt, FirstWait), problem)
            : new QuarantinedWork(problem);
}
