using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Forges;
using Bascule.Core.People;
using Bascule.Core.Runs;
using Bascule.Server.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Bascule.Server.Api;

internal static class RunEndpoints
{
    public static void MapRuns(this IEndpointRouteBuilder api)
    {
        var run = Things.Run((_, problem) => new ProblemAnswer(problem));
        api.MapGet("/runs", ListAsync).Asks(Act.ReadRuns);
        api.MapGet("/runs/{id}", ShowAsync).Asks(Act.ReadRuns, run);
        api.MapPost("/runs/{id}/cancel", CancelAsync).Asks(Act.CancelRun, run);
        api.MapPost("/runs/{id}/retry", RetryAsync).Asks(Act.RetryRun, run);
        api.MapPost("/runs/{id}/reproduce", ReproduceAsync).Asks(Act.RetryRun, run);
    }

    private static async Task<IResult> ListAsync(
        [AsParameters] RunListQuery query,
        IRepositoryStore repositories,
        IRunStore runs,
        RunRecordWriter writer,
        Sight sight,
        HttpContext context,
        CancellationToken cancellationToken
    )
    {
        var within = await sight.RunsAsync(context.Actor(), cancellationToken);
        var filter = await query.Read().ToFilterAsync(repositories, within, cancellationToken);
        if (filter.Failed(out var problem))
            return new ProblemAnswer(problem);
        var page = await runs.ListAsync(filter.Value, cancellationToken);
        var list = await writer.WriteAsync(page, filter.Value.Limit, cancellationToken);
        return TypedResults.Json(list, ApiJson.Default.RunList);
    }

    private static async Task<IResult> ShowAsync(
        string id,
        IRunStore runs,
        RunRecordWriter writer,
        Sight sight,
        HttpContext context,
        CancellationToken cancellationToken
    )
    {
        var run = RunId.IsWellFormed(id) ? await runs.FindAsync(new RunId(id), cancellationToken) : null;
        if (run is null)
            return new ProblemAnswer(Things.NoRun(id));
        var within = await sight.RunsAsync(context.Actor(), cancellationToken);
        return TypedResults.Json(
            await writer.WriteDetailAsync(run, within, cancellationToken),
            ApiJson.Default.RunDetail
        );
    }

    private static async Task<IResult> CancelAsync(
        string id,
        IRunCommands commands,
        RunRecordWriter writer,
        HttpContext context,
        CancellationToken cancellationToken
    )
    {
        if (!RunId.IsWellFormed(id))
            return new ProblemAnswer(Things.NoRun(id));
        var run = await commands.CancelAsync(new RunId(id), context.Actor().AuditName, cancellationToken);
        return await AnswerAsync(run, StatusCodes.Status202Accepted, writer, cancellationToken);
    }

    private static async Task<IResult> RetryAsync(
        string id,
        IRunCommands commands,
        RunRecordWriter writer,
        HttpContext context,
        CancellationToken cancellationToken
    )
    {
        if (!RunId.IsWellFormed(id))
            return new ProblemAnswer(Things.NoRun(id));
        var run = await commands.RetryAsync(new RunId(id), context.Actor().AuditName, cancellationToken);
        return await AnswerAsync(run, StatusCodes.Status201Created, writer, cancellationToken);
    }

    private static async Task<IResult> ReproduceAsync(
        string id,
        string? because,
        bool? register,
        IRunCommands commands,
        RunRecordWriter writer,
        HttpContext context,
        CancellationToken cancellationToken
    )
    {
        if (!RunId.IsWellFormed(id))
            return new ProblemAnswer(Things.NoRun(id));
        var request = ReproductionRequest.Read(because, register == true);
        if (request.Failed(out var malformed))
            return new ProblemAnswer(malformed);
        var run = await commands.ReproduceAsync(
            new RunId(id),
            request.Value,
            context.Actor().AuditName,
            cancellationToken
        );
        return await AnswerAsync(run, StatusCodes.Status201Created, writer, cancellationToken);
    }

    private static async Task<IResult> AnswerAsync(
        Result<Run> run,
        int status,
        RunRecordWriter writer,
        CancellationToken cancellationToken
    ) =>
        run.Failed(out var problem)
            ? new ProblemAnswer(problem)
            : TypedResults.Json(
                await writer.WriteAsync(run.Value, cancellationToken),
                ApiJson.Default.RunSummary,
                statusCode: status
            );

    /// <summary>The names in the address, as the CLI's options spell them.</summary>
    private sealed record RunListQuery(
        string? Repository,
        string? Workflow,
        string? State,
        string? Ref,
        [FromQuery(Name = "pull_request")] string? PullRequest,
        string? Commit,
        string? Before,
        string? Limit
    )
    {
        public RunQuery Read() => new(Repository, Workflow, State, Ref, PullRequest, Commit, Before, Limit);
    }
}
