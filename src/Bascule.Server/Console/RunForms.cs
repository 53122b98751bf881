using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Core.People;
using Bascule.Core.Runs;
using Bascule.Server.Access;
using Bascule.Server.Api;
using Bascule.Server.Console.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Console;

/// <summary>What the forms of a run's page ask for. Each is a POST of whoever is signed in, decided on by the same rules as the API's (THREATS T109).</summary>
internal static class RunForms
{
    private const int MaxBody = 64 * 1024;

    public static void MapRunForms(this IEndpointRouteBuilder console)
    {
        var run = Things.Run(ConsoleEndpoints.Message);
        var limit = new RequestSizeLimitAttribute(MaxBody);
        console.MapPost("/runs/{id}/approve", ApproveAsync).Asks(Act.ApproveRun, run).WithMetadata(limit);
        console.MapPost("/runs/{id}/withdraw", WithdrawAsync).Asks(Act.ApproveRun, run).WithMetadata(limit);
        console.MapPost("/runs/{id}/break-glass", BreakGlassAsync).Asks(Act.BreakGlass, run).WithMetadata(limit);
        console.MapPost("/runs/{id}/cancel", CancelAsync).Asks(Act.CancelRun, run).WithMetadata(limit);
        console.MapPost("/runs/{id}/retry", RetryAsync).Asks(Act.RetryRun, run).WithMetadata(limit);
        console.MapPost("/runs/{id}/reproduce", ReproduceAsync).Asks(Act.RetryRun, run).WithMetadata(limit);
    }

    private static Task<IResult> ApproveAsync(string id, HttpContext context, IApprovals approvals) =>
        ActAsync(
            id,
            context,
            async (run, form) =>
                SeenIn(form, run) is { } seen
                    ? await approvals.GiveAsync(run.Id, context.Actor(), form["comment"], seen, context.RequestAborted)
                    : Changed(run)
        );

    private static Task<IResult> WithdrawAsync(string id, HttpContext context, IApprovals approvals) =>
        ActAsync(id, context, (run, _) => approvals.WithdrawAsync(run.Id, context.Actor(), context.RequestAborted));

    private static Task<IResult> BreakGlassAsync(string id, HttpContext context, IApprovals approvals) =>
        ActAsync(
            id,
            context,
            async (run, form) =>
                SeenIn(form, run) is { } seen
                    ? await approvals.BreakGlassAsync(
                        run.Id,
                        context.Actor(),
                        form["reason"].ToString(),
                        seen,
                        context.RequestAborted
                    )
                    : Changed(run)
        );

    private static Task<IResult> CancelAsync(string id, HttpContext context, IRunCommands commands) =>
        ActAsync(
            id,
            context,
            (run, _) => commands.CancelAsync(run.Id, context.Actor().AuditName, context.RequestAborted)
        );

    private static Task<IResult> RetryAsync(string id, HttpContext context, IRunCommands commands) =>
        ActAsync(
            id,
            context,
            (run, _) => commands.RetryAsync(run.Id, context.Actor().AuditName, context.RequestAborted)
        );

    private static Task<IResult> ReproduceAsync(string id, HttpContext context, IRunCommands commands) =>
        ActAsync(
            id,
            context,
            async (run, form) =>
            {
                var request = ReproductionRequest.Read(form["because"], form["register"] == "true");
                return request.Failed(out var malformed)
                    ? malformed
                    : await commands.ReproduceAsync(
                        run.Id,
                        request.Value,
                        context.Actor().AuditName,
                        context.RequestAborted
                    );
            }
        );

    /// <summary>What the form was shown for, when the run still stands for exactly that (THREATS T97); null otherwise.</summary>
    private static ApprovedThing? SeenIn(IFormCollection form, Run run) =>
        ApprovedThing.Of(run) is { } thing && ThingFields.Of(thing).All(field => form[field.Name] == field.Value)
            ? thing
            : null;

    private static Problem Changed(Run run) =>
        Problem.Conflict($"run {run.Id} changed since you looked at it; look at its plan again");

    private static async Task<IResult> ActAsync(
        string id,
        HttpContext context,
        Func<Run, IFormCollection, Task<Result<Run>>> act
    )
    {
        var runs = context.RequestServices.GetRequiredService<IRunStore>();
        if (!RunId.IsWellFormed(id) || await runs.FindAsync(new RunId(id), context.RequestAborted) is not { } run)
            return ConsoleEndpoints.Message(context, Things.NoRun(id));
        if (!context.Request.HasFormContentType)
            return Refused(context, run, Problem.Invalid("this is not what a form of the console sends"));
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (!FormSeal.Fits(context, form))
            return Refused(context, run, Problem.Denied("this form is not from your session; open the page anew"));
        var done = await act(run, form);
        if (done.Failed(out var refusal))
            return Refused(context, run, refusal);
        context.Response.Headers.Location = $"{context.Request.PathBase}/runs/{done.Value.Id}";
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }

    private static RazorComponentResult<RefusedPage> Refused(HttpContext context, Run run, Problem problem) =>
        ConsoleEndpoints.Page<RefusedPage>(
            context,
            context.RequestServices.GetRequiredService<ConsoleAssets>(),
            new RefusedView(problem, $"runs/{run.Id}"),
            ProblemAnswer.StatusOf(problem.Code)
        );
}
