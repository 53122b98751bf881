using Bascule.Core.Api;
using Bascule.Core.People;
using Bascule.Server.Access;
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
        var group = routes.MapGroup("/api/v1").WithMetadata(new Inside(IsPage: false));
        group.AddEndpointFilter<RouteGroupBuilder, FailureFilter>();
        group.MapPost("/resume", ResumeAsync).Asks(Act.ResumeInstallation);
    }

    private static async Task<IResult> ResumeAsync(
        HoldRelease release,
        HttpContext context,
        CancellationToken cancellationToken
    )
    {
        var resumed = await release.ReleaseAsync(context.Actor().AuditName, cancellationToken);
        return resumed.Failed(out var problem)
            ? new ProblemAnswer(problem)
            : TypedResults.Json(
                new ResumedRecord(resumed.Value.Epoch, resumed.Value.Hold.Since, resumed.Value.Hold.Because),
                ApiJson.Default.ResumedRecord
            );
    }
}
