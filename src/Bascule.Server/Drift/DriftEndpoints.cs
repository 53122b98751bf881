using Bascule.Core.Api;
using Bascule.Server.Access;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.Drift;

internal static class DriftEndpoints
{
    /// <param name="environment">Null for all of them.</param>
    public static async Task<IResult> ListAsync(
        string? environment,
        DriftReading reading,
        HttpContext context,
        CancellationToken cancellationToken
    ) =>
        TypedResults.Json(
            new DriftList(await reading.ListAsync(environment, context.Actor(), cancellationToken)),
            ApiJson.Default.DriftList
        );
}
