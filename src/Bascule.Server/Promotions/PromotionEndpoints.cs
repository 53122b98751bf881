using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.People;
using Bascule.Core.Promotions;
using Bascule.Core.Runs;
using Bascule.Server.Access;
using Bascule.Server.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Promotions;

/// <summary>What is promoted, promoting, and the way back.</summary>
internal static class PromotionEndpoints
{
    private const int MaxBecause = 500;

    public static void MapPromotions(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup("/api/v1").WithMetadata(new Inside(IsPage: false));
        api.AddEndpointFilter<RouteGroupBuilder, FailureFilter>();
        var run = Things.Run((_, problem) => new ProblemAnswer(problem));
        var promotion = new About(
            Act.ReadRuns,
            FindAsync,
            (_, id) =>
                new ProblemAnswer(Problem.NotFound($"there is no promotion '{Core.Text.PlainText.Line(id, 80)}'"))
        );
        api.MapGet("/promotions", ListAsync).Asks(Act.ReadRuns);
        api.MapGet("/models/versions", FindMadeAsync).Asks(Act.ReadRuns);
        api.MapPost("/runs/{id}/promote", PromoteAsync).Asks(Act.PromoteModel, run);
        api.MapPost("/promotions/{id}/rollback", RollBackAsync).Asks(Act.RollBack, promotion);
    }

    private static async Task<IResult> ListAsync(
        string? environment,
        PromotionReading reading,
        HttpContext context,
        CancellationToken cancellationToken
    ) =>
        TypedResults.Json(
            await reading.ListAsync(environment, context.Actor(), cancellationToken),
            ApiJson.Default.PromotionList
        );

    private static async Task<IResult> FindMadeAsync(
        string? of,
        PromotionReading reading,
        HttpContext context,
        CancellationToken cancellationToken
    )
    {
        var made = await reading.FindMadeAsync(of, context.Actor(), cancellationToken);
        return made.Failed(out var problem)
            ? new ProblemAnswer(problem)
            : TypedResults.Json(made.Value, ApiJson.Default.MadeVersionList);
    }

    private static async Task<IResult> PromoteAsync(
        string id,
        string? model,
        string? version,
        string? alias,
        string? because,
        IRunStore runs,
        Promoting promoting,
        RunRecordWriter writer,
        HttpContext context,
        CancellationToken cancellationToken
    )
    {
        if (string.IsNullOrEmpty(model) || string.IsNullOrEmpty(version) || string.IsNullOrEmpty(alias))
            return new ProblemAnswer(
                Problem.Invalid("say what goes where: model=FULL.NAME, version=N and alias=NAME, e.g. production")
            );
        if (because is { Length: > MaxBecause })
            return new ProblemAnswer(
                Problem.Invalid($"because is longer than {MaxBecause} characters; say it shorter")
            );
        if (!RunId.IsWellFormed(id) || await runs.FindAsync(new RunId(id), cancellationToken) is not { } producer)
            return new ProblemAnswer(Things.NoRun(id));
        var wish = new PromotionWish(
            model,
            version,
            alias,
            context.Actor().AuditName,
            string.IsNullOrWhiteSpace(because) ? null : because
        );
        return await AnswerAsync(
            await promoting.AskAsync(producer, wish, cancellationToken),
            writer,
            cancellationToken
        );
    }

    private static async Task<IResult> RollBackAsync(
        string id,
        long? generation,
        string? because,
        GoingBack back,
        RunRecordWriter writer,
        HttpContext context,
        CancellationToken cancellationToken
    )
    {
        if (string.IsNullOrWhiteSpace(because) || because.Length > MaxBecause)
            return new ProblemAnswer(
                Problem.Invalid($"say why: because=TEXT, of at most {MaxBecause} characters; it stays in the audit log")
            );
        if (generation is not { } seen)
            return new ProblemAnswer(
                Problem.Invalid("say what is to be left: generation=N, as GET /api/v1/promotions tells it")
            );
        var place = PromotionReading.PlaceOf(id)!.Value;
        return await AnswerAsync(
            await back.AskAsync(place, seen, because, context.Actor().AuditName, cancellationToken),
            writer,
            cancellationToken
        );
    }

    private static async Task<IResult> AnswerAsync(
        Result<Run> asked,
        RunRecordWriter writer,
        CancellationToken cancellationToken
    ) =>
        asked.Failed(out var problem)
            ? new ProblemAnswer(problem)
            : TypedResults.Json(
                await writer.WriteAsync(asked.Value, cancellationToken),
                ApiJson.Default.RunSummary,
                statusCode: StatusCodes.Status201Created
            );

    private static async Task<Scope?> FindAsync(HttpContext context, string id, Actor actor, Act act)
    {
        var services = context.RequestServices;
        if (
            PromotionReading.PlaceOf(id) is not { } place
            || await services.GetRequiredService<IPromotionStore>().FindAsync(place, context.RequestAborted)
                is not { } promotion
        )
            return null;
        var scope = await services.GetRequiredService<Sight>().OfAsync(promotion.Repository, context.RequestAborted);
        return scope with { Environment = place.Environment };
    }
}
