using Bascule.Server.Access;
using Bascule.Server.Api;
using Bascule.Server.Console.Pages;
using Bascule.Server.Drift;
using Bascule.Server.Lineage;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.Console;

internal static class LineageEndpoints
{
    /// <param name="of">What to trace; nothing for the search box alone.</param>
    public static async Task<IResult> LineageAsync(
        string? of,
        HttpContext context,
        LineageViews views,
        ConsoleAssets assets
    )
    {
        var view = await views.ReadAsync(of, context.Actor(), context.RequestAborted);
        var status = view.Problem is { } problem ? ProblemAnswer.StatusOf(problem.Code) : StatusCodes.Status200OK;
        return ConsoleEndpoints.Page<LineagePage>(context, assets, view, status);
    }

    public static async Task<IResult> EnvironmentsAsync(
        HttpContext context,
        DeployedReading deployed,
        DriftReading drift,
        ConsoleAssets assets
    )
    {
        var view = new DeployedView(
            await deployed.ReadAsync(context.Actor(), context.RequestAborted),
            await drift.ListAsync(environment: null, context.Actor(), context.RequestAborted)
        );
        return ConsoleEndpoints.Page<EnvironmentsPage>(context, assets, view);
    }
}
