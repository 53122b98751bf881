using Bascule.Core.Api;
using Bascule.Core.People;
using Bascule.Server.Access;
using Bascule.Server.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Bascule.Server.Shipping;

/// <summary>How far the collectors have come, and one act.</summary>
internal static class ShippingEndpoints
{
    public static void MapShipping(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup("/api/v1").WithMetadata(new Inside(IsPage: false));
        api.AddEndpointFilter<RouteGroupBuilder, FailureFilter>();
        api.MapGet("/audit/collectors", ListAsync).Asks(Act.ReadCollectors);
        api.MapPost("/audit/collectors/replay", ReplayAsync).Asks(Act.ReplayToCollector);
    }

    private static async Task<IResult> ListAsync(CollectorReader reader, CancellationToken cancellationToken) =>
        TypedResults.Json(await reader.ListAsync(cancellationToken), ApiJson.Default.CollectorList);

    private static async Task<IResult> ReplayAsync(
        string? collector,
        long? index,
        HttpContext context,
        CollectorActs acts,
        CollectorReader reader,
        CancellationToken cancellationToken
    )
    {
        var asked = await acts.ReplayAsync(collector ?? "", index, context.Actor(), cancellationToken);
        return asked.Failed(out var problem)
            ? new ProblemAnswer(problem)
            : TypedResults.Json(await reader.ListAsync(cancellationToken), ApiJson.Default.CollectorList);
    }
}
