using Bascule.Core;
using Bascule.Core.Runs;
using Bascule.Server.Access;
using Bascule.Server.Api;
using Bascule.Server.Console.Pages;
using Bascule.Server.People;
using Bascule.Server.Reconcile;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

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
        var view = await reader.ReadRunsAsync(address.Read(), context.Actor(), context.RequestAborted);
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
        var view = RunId.IsWellFormed(id)
            ? await reader.ReadRunAsync(new RunId(id), context.Actor(), context.RequestAborted)
            : null;
        return view is null ? Message(context, Things.NoRun(id)) : Page<RunPage>(context, assets, view);
    }

    public static async Task<IResult> DeliveriesAsync(
        HttpContext context,
        ConsoleReader reader,
        ConsoleAssets assets
    ) =>
        Page<DeliveriesPage>(
            context,
            assets,
            await reader.ReadDeliveriesAsync(context.Actor(), context.RequestAborted)
        );

    public static async Task<IResult> ForgesAsync(
        HttpContext context,
        [FromServices] ForgeOverview overview,
        ConsoleAssets assets
    ) => Page<ForgesPage>(context, assets, await overview.ReadAsync(context.Actor(), context.RequestAborted));

    public static IResult Nothing(HttpContext context, ConsoleAssets assets) =>
        Message(context, assets, Problem.NotFound("The console has no such page."));

    public static async Task<IResult> PeopleAsync(HttpContext context, PeopleReader reader, ConsoleAssets assets) =>
        Page<PeoplePage>(context, assets, await reader.ReadAsync(context.RequestAborted));

    public static async Task<IResult> PersonAsync(
        string id,
        HttpContext context,
        PeopleReader reader,
        ConsoleAssets assets
    ) =>
        await reader.FindAsync(id, context.RequestAborted) is { } view
            ? Page<PersonPage>(context, assets, view)
            : Message(context, assets, Things.NoPerson(id));

    public static async Task<IResult> ApprovalsAsync(
        HttpContext context,
        ApprovalsReader reader,
        ConsoleAssets assets
    ) => Page<ApprovalsPage>(context, assets, await reader.ListAsync(context.Actor(), context.RequestAborted));

    public static async Task<IResult> ExplainAsync(
        [AsParameters] ExplainQuestion question,
        HttpContext context,
        ExplainReader reader,
        ConsoleAssets assets
    ) => Page<ExplainPage>(context, assets, await reader.ReadAsync(question, context.RequestAborted));

    public static IResult Denied(HttpContext context, ConsoleAssets assets, DeniedView view) =>
        Page<DeniedPage>(context, assets, view, StatusCodes.Status403Forbidden);

    public static IResult Message(HttpContext context, Problem problem) =>
        Message(context, context.RequestServices.GetRequiredService<ConsoleAssets>(), problem);

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
            HoldFilter.Explain(context),
            Visitor.Of(context)
        )
        {
            Seal = FormSeal.Of(context),
        };
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
        string? Commit,
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
                Given(Commit),
                Given(Before)
            );

        private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;
    }
}
