using Bascule.Core.Runs;
using Bascule.Server.Access;
using Bascule.Server.Charts;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.Console;

/// <summary>Drawings that comments link to: whoever may see the run may see them.</summary>
internal static class ChartFiles
{
    public static async Task<IResult> MetricsAsync(string id, HttpContext context, ConsoleReader reader)
    {
        var view = RunId.IsWellFormed(id)
            ? await reader.ReadRunAsync(new RunId(id), context.Actor(), context.RequestAborted)
            : null;
        if (view is null)
            return ConsoleEndpoints.Message(context, Things.NoRun(id));
        var title = $"{Show.Line(view.Run.Workflow)} at {view.Run.Commit.Short}, run {view.Run.Id}";
        return Results.Text(MetricChart.Draw(title, view.Comparison), "image/svg+xml");
    }
}
