using Bascule.Core.Api;
using Bascule.Server.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Holding;

/// <summary>By which an operator lets a held installation act.</summary>
internal static class HoldEndpoints
{
    public static void AddHolding(this IServiceCollection services)
    {
        services.AddSingleton<HoldGate>();
        services.AddSingleton<HoldRelease>();
    }

    public static void MapHolding(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1").WithMetadata(new LocalOnly());
        group.AddEndpointFilter<RouteGroupBuilder, FailureFilter>();
        group.AddEndpointFilter<RouteGroupBuilder, TokenFilter>();
        group.MapPost("/resume", ResumeAsync);
    }

    private static async Task<IResult> ResumeAsync(HoldRelease release, CancellationToken cancellationToken)
    {
        var resumed = await release.ReleaseAsync(cancellationToken);
        return resumed.Failed(out var problem)
            ? new ProblemAnswer(problem)
            : TypedResults.Json(
                new ResumedRecord(resumed.Value.Epoch, resumed.Value.Hold.Since, resumed.Value.Hold.Because),
                ApiJson.Default.ResumedRecord
            );
    }
}
