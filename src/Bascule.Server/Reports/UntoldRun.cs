using System.Globalization;
using Bascule.Core;
using Bascule.Core.Runs;
using Bascule.Core.Work;

namespace Bascule.Server.Reports;

/// <summary>A report that is set aside leaves its reason, and how to send it after all, on the page of the run that it was about (THREATS T136).</summary>
internal static class UntoldRun
{
    private const string Step = "report";

    public static IReadOnlyList<Change> Note(RunId run, string what, WorkItem item, Problem problem, DateTimeOffset now)
    {
        var id = item.Id.ToString(CultureInfo.InvariantCulture);
        return
        [
            new AddTimeline(
                run,
                new TimelineEntry(
                    now,
                    Step,
                    $"{what} was not brought up to date: {problem.Message}; once that is mended: bascule event replay {id}"
                )
            ),
        ];
    }
}
