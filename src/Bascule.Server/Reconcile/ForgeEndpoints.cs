using Bascule.Core.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Bascule.Server.Reconcile;

/// <summary>How what happens at the forges is seen, and how late.</summary>
internal static class ForgeEndpoints
{
    public static void MapForges(this IEndpointRouteBuilder api) => api.MapGet("/forges", ListAsync);

    private static async Task<IResult> ListAsync(
        [FromServices] ForgeOverview overview,
        CancellationToken cancellationToken
    ) => TypedResults.Json(await overview.ReadAsync(cancellationToken), ApiJson.Default.ForgeList);
}
