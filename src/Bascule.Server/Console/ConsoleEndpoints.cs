using Bascule.Core;
using Bascule.Core.Runs;
using Bascule.Core.Text;
using Bascule.Server.Api;
using Bascule.Server.Console.Pages;
using Bascule.Server.Reconcile;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Bascule.Server.Console;

/// <summary>One handler per page: read, render.</summary>
internal static class ConsoleEndpoints
{
    public static async Task<IResult> RunsAsync(
        [AsParameters] RunsAddress address,
        HttpContext context,
        ConsoleReader reader,
        ConsoleAssets assets
    )
    {
        var view = await reader.ReadRunsAsync(address.Read(), context.RequestAborted);
        return view.Failed(out var problem)
            ? Message(context, assets, problem)
            : Page<RunsPage>(context, assets, view.Value);
    }

    public static async Task<IResult> RunAsync(
        string id,
        HttpContext context,
        ConsoleReader reader,
        ConsoleAssets assets
    )
    {
        var view = RunId.IsWellFormed(id) ? await reader.ReadRunAsync(new RunId(id), context.RequestAborted) : null;
        return view is null
            ? Message(context, assets, Problem.NotFound($"There is no run {PlainText.Line(id, 40)}."))
            : Page<RunPage>(context, assets, view);
    }

    public static async Task<IResult> DeliveriesAsync(
        HttpContext context,
        ConsoleReader reader,
        ConsoleAssets assets
    ) => Page<DeliveriesPage>(context, assets, await reader.ReadDeliveriesAsync(context.RequestAborted));

    public static async Task<IResult> ForgesAsync(
        HttpContext context,
        [FromServices] ForgeOverview overview,
        ConsoleAssets assets
    ) => Page<ForgesPage>(context, assets, await overview.ReadAsync(context.RequestAborted));

    public static IResult Nothing(HttpContext context, ConsoleAssets assets) =>
        Message(context, assets, Problem.NotFound("The console has no such page."));

    public static IResult Message(HttpContext context, ConsoleAssets assets, Problem problem) =>
        Page<MessagePage>(context, assets, problem, ProblemAnswer.StatusOf(problem.Code));

    internal static RazorComponentResult<TPage> Page<TPage>(
        HttpContext context,
        ConsoleAssets assets,
        object view,
        int status = StatusCodes.Status200OK
    )
        where TPage : IComponent
    {
        var request = context.Request;
        var address = $"{request.Path.ToUriComponent().TrimStart('/')}{request.QueryString.ToUriComponent()}";
        var shell = new Shell(
            $"{request.PathBase.ToUriComponent()}/",
            address,
            Themes.Of(request),
            assets,
            HoldFilter.Explain(context)
        );
        context.Response.Headers.CacheControl = "no-store";
        var parameters = new Dictionary<string, object?>(StringComparer.Ordinal) { ["Shell"] = shell, ["View"] = view };
        return new RazorComponentResult<TPage>(parameters) { StatusCode = status };
    }

    /// <summary>The names in the list's address, as the API spells them.</summary>
    internal sealed record RunsAddress(
        string? Repository,
        string? Workflow,
        string? State,
        string? Ref,
        [FromQuery(Name = "pull_request")] string? PullRequest,
        string? Before
    )
    {
        public RunQuery Read() =>
            new(
                Given(Repository),
                Given(Workflow),
                Given(State),
                Given(Ref),
                Given(PullRequest),
                Before: Given(Before)
            );

        private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;
    }
}
