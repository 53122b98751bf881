using Bascule.Core.Api;
using Bascule.Core.People;
using Bascule.Server.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Bascule.Server.Reconcile;

/// <summary>How what happens at the forges is seen, and how late.</summary>
internal static class ForgeEndpoints
{
    public static void MapForges(this IEndpointRouteBuilder api) =>
        api.MapGet("/forges", ListAsync).Asks(Act.ReadForges);

    private static async Task<IResult> ListAsync(
        [FromServices] ForgeOverview overview,
        HttpContext context,
        CancellationToken cancellationToken
    ) => TypedResults.Json(await overview.ReadAsync(context.Actor(), cancellationToken), ApiJson.Default.ForgeList);
}
