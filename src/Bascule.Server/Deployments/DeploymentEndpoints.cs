using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Deployments;
using Bascule.Core.People;
using Bascule.Server.Access;
using Bascule.Server.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Deployments;

/// <summary>Where deploy refs point, and the way back.</summary>
internal static class DeploymentEndpoints
{
    private const int MaxBecause = 500;

    public static void MapDeployments(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup("/api/v1").WithMetadata(new Inside(IsPage: false));
        api.AddEndpointFilter<RouteGroupBuilder, FailureFilter>();
        var deployment = new About(
            Act.ReadRuns,
            FindAsync,
            (_, id) =>
                new ProblemAnswer(Problem.NotFound($"there is no deployment '{Core.Text.PlainText.Line(id, 80)}'"))
        );
        api.MapGet("/deployments", ListAsync).Asks(Act.ReadRuns);
        api.MapPost("/deployments/{id}/rollback", RollBackAsync).Asks(Act.RollBack, deployment);
    }

    private static async Task<IResult> ListAsync(
        string? environment,
        DeploymentReading reading,
        HttpContext context,
        CancellationToken cancellationToken
    ) =>
        TypedResults.Json(
            await reading.ListAsync(environment, context.Actor(), cancellationToken),
            ApiJson.Default.DeploymentList
        );

    private static async Task<IResult> RollBackAsync(
        string id,
        long? generation,
        string? because,
        DeployRefs refs,
        DeploymentReading reading,
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
                Problem.Invalid("say what is to be left: generation=N, as GET /api/v1/deployments tells it")
            );
        var place = DeploymentReading.PlaceOf(id)!.Value;
        var back = await refs.RollBackAsync(place, seen, because, context.Actor().AuditName, cancellationToken);
        return back.Failed(out var problem)
            ? new ProblemAnswer(problem)
            : TypedResults.Json(
                await reading.DescribeAsync(back.Value, cancellationToken),
                ApiJson.Default.DeploymentRecord
            );
    }

    private static async Task<Scope?> FindAsync(HttpContext context, string id, Actor actor, Act act)
    {
        var services = context.RequestServices;
        if (
            DeploymentReading.PlaceOf(id) is not { } place
            || await services.GetRequiredService<IDeploymentStore>().FindAsync(place, context.RequestAborted) is null
        )
            return null;
        var scope = await services.GetRequiredService<Sight>().OfAsync(place.Repository, context.RequestAborted);
        return scope with { Environment = place.Environment };
    }
}
