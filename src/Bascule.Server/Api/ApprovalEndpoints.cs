using System.Text.Json;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Approvals;
using Bascule.Core.People;
using Bascule.Core.Runs;
using Bascule.Server.Access;
using Bascule.Server.Approvals;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Api;

/// <summary>Approvals are given by a POST of somebody who is signed in; a GET only reads (THREATS T109).</summary>
internal static class ApprovalEndpoints
{
    private const int MaxBody = 16 * 1024;

    public static void MapApprovals(this IEndpointRouteBuilder api)
    {
        var run = Things.Run((_, problem) => new ProblemAnswer(problem));
        api.MapGet("/approvals", ListAsync).Asks(Act.ReadRuns);
        api.MapGet("/runs/{id}/approvals", ShowAsync).Asks(Act.ReadRuns, run);
        api.MapPost("/runs/{id}/approve", ApproveAsync).Asks(Act.ApproveRun, run);
        api.MapPost("/runs/{id}/withdraw", WithdrawAsync).Asks(Act.ApproveRun, run);
        api.MapPost("/runs/{id}/break-glass", BreakGlassAsync).Asks(Act.BreakGlass, run);
    }

    private static async Task<IResult> ListAsync(
        HttpContext context,
        IApprovals approvals,
        RunRecordWriter writer,
        Sight sight,
        CancellationToken cancellationToken
    )
    {
        var actor = context.Actor();
        var within = await sight.RunsAsync(actor, cancellationToken);
        var records = new List<AwaitingRecord>();
        foreach (var one in await approvals.ListWaitingAsync(actor, within, cancellationToken))
            records.Add(
                new AwaitingRecord(
                    await writer.WriteAsync(one.Run, cancellationToken),
                    ApprovalRecordWriter.Of(one.State),
                    ApprovalRecordWriter.Of(one.Checks),
                    one.CanApprove
                )
            );
        return TypedResults.Json(new AwaitingList(records), ApiJson.Default.AwaitingList);
    }

    private static async Task<IResult> ShowAsync(
        string id,
        HttpContext context,
        IApprovals approvals,
        IRunStore runs,
        CancellationToken cancellationToken
    )
    {
        if (!RunId.IsWellFormed(id) || await runs.FindAsync(new RunId(id), cancellationToken) is not { } run)
            return NoRun(id);
        var checks = await approvals.ExplainAsync(run.Id, context.Actor(), cancellationToken);
        if (checks.Failed(out var problem))
            return new ProblemAnswer(problem);
        var state = await approvals.ReadAsync(run, cancellationToken);
        return TypedResults.Json(
            new RunApprovals(
                state is null ? null : ApprovalRecordWriter.Of(state),
                ApprovalRecordWriter.Of(checks.Value)
            )
            {
                ProvenBy = ApprovalRecordWriter.Of(await approvals.FindProofAsync(run, cancellationToken)),
            },
            ApiJson.Default.RunApprovals
        );
    }

    private static Task<IResult> ApproveAsync(
        string id,
        HttpContext context,
        IApprovals approvals,
        CancellationToken cancellationToken
    ) =>
        ActAsync(
            id,
            context,
            (run, act, seen) => approvals.GiveAsync(run, context.Actor(), act.Comment, seen, cancellationToken),
            cancellationToken
        );

    private static Task<IResult> WithdrawAsync(
        string id,
        HttpContext context,
        IApprovals approvals,
        CancellationToken cancellationToken
    ) =>
        ActAsync(
            id,
            context,
            (run, _, _) => approvals.WithdrawAsync(run, context.Actor(), cancellationToken),
            cancellationToken
        );

    private static Task<IResult> BreakGlassAsync(
        string id,
        HttpContext context,
        IApprovals approvals,
        CancellationToken cancellationToken
    ) =>
        ActAsync(
            id,
            context,
            (run, act, seen) =>
                approvals.BreakGlassAsync(run, context.Actor(), act.Reason ?? "", seen, cancellationToken),
            cancellationToken
        );

    private static async Task<IResult> ActAsync(
        string id,
        HttpContext context,
        Func<RunId, ApprovalAct, ApprovedThing?, Task<Result<Run>>> act,
        CancellationToken cancellationToken
    )
    {
        if (!RunId.IsWellFormed(id))
            return NoRun(id);
        var read = await ReadAsync(context.Request, cancellationToken);
        if (read.Failed(out var malformed))
            return new ProblemAnswer(malformed);
        var services = context.RequestServices;
        var now = await services.GetRequiredService<IRunStore>().FindAsync(new RunId(id), cancellationToken);
        if (read.Value.Plan is { } plan && now is not null && !IsPlanOf(now, plan))
            return new ProblemAnswer(OtherPlan(now));
        var seen = read.Value.Plan is null || now is null ? null : ApprovedThing.Of(now);
        var run = await act(new RunId(id), read.Value, seen);
        return run.Failed(out var problem)
            ? new ProblemAnswer(problem)
            : TypedResults.Json(
                await services.GetRequiredService<RunRecordWriter>().WriteAsync(run.Value, cancellationToken),
                ApiJson.Default.RunSummary,
                statusCode: StatusCodes.Status202Accepted
            );
    }

    /// <summary>Fewer digits than are shown everywhere could be met by another plan.</summary>
    private static bool IsPlanOf(Run run, string plan) =>
        plan.Length >= ApprovalWords.DigestShown && run.PlanDigest?.StartsWith(plan, StringComparison.Ordinal) == true;

    private static Problem OtherPlan(Run run) =>
        Problem.Conflict(
            $"run {run.Id} does not stand for that plan: look at what it is now, and at its digest, with `bascule run show {run.Id}`"
        );

    private static async Task<Result<ApprovalAct>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = new byte[MaxBody + 1];
        var length = await request.Body.ReadAtLeastAsync(
            body,
            body.Length,
            throwOnEndOfStream: false,
            cancellationToken
        );
        if (length == 0)
            return new ApprovalAct();
        try
        {
            return
                length <= MaxBody
                && JsonSerializer.Deserialize(body.AsSpan(0, length), ApiJson.Default.ApprovalAct) is { } act
                ? act
                : Problem.Invalid("the body is not understood; send {\"comment\": \"…\"}, or nothing");
        }
        catch (JsonException)
        {
            return Problem.Invalid("the body is not understood; send {\"comment\": \"…\"}, or nothing");
        }
    }

    private static ProblemAnswer NoRun(string id) => new(Things.NoRun(id));
}
