using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Core.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Bascule.Server.Api;

internal static class RunEndpoints
{
    private const string Operator = "operator";

    public static void MapRuns(this IEndpointRouteBuilder api)
    {
        api.MapGet("/runs", ListAsync);
        api.MapGet("/runs/{id}", ShowAsync);
        api.MapPost("/runs/{id}/cancel", CancelAsync);
        api.MapPost("/runs/{id}/retry", RetryAsync);
    }

    private static async Task<IResult> ListAsync(
        [AsParameters] RunListQuery query,
        IRepositoryStore repositories,
        IRunStore runs,
        RunRecordWriter writer,
        CancellationToken cancellationToken
    )
    {
        var filter = await query.Read().ToFilterAsync(repositories, cancellationToken);
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
        CancellationToken cancellationToken
    )
    {
        var run = RunId.IsWellFormed(id) ? await runs.FindAsync(new RunId(id), cancellationToken) : null;
        if (run is null)
            return new ProblemAnswer(NoRun(id));
        return TypedResults.Json(await writer.WriteDetailAsync(run, cancellationToken), ApiJson.Default.RunDetail);
    }

    private static async Task<IResult> CancelAsync(
        string id,
        IRunCommands commands,
        RunRecordWriter writer,
        CancellationToken cancellationToken
    )
    {
        if (!RunId.IsWellFormed(id))
            return new ProblemAnswer(NoRun(id));
        var run = await commands.CancelAsync(new RunId(id), Operator, cancellationToken);
        return await AnswerAsync(run, StatusCodes.Status202Accepted, writer, cancellationToken);
    }

    private static async Task<IResult> RetryAsync(
        string id,
        IRunCommands commands,
        RunRecordWriter writer,
        CancellationToken cancellationToken
    )
    {
        if (!RunId.IsWellFormed(id))
            return new ProblemAnswer(NoRun(id));
        var run = await commands.RetryAsync(new RunId(id), Operator, cancellationToken);
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

    private static Problem NoRun(string id) =>
        Problem.NotFound($"there is no run '{PlainText.Line(id, 40)}'; `bascule run list` shows those that are");

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
