using Bascule.Server.Access;
using Bascule.Server.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Health;

internal static class HealthExtensions
{
    private const string Why = "load balancers ask, and learn a word";

    public static void AddHealth(this IServiceCollection services) => services.AddSingleton<Readiness>();

    /// <summary>For load balancers, on both listeners. Strangers learn a word and nothing else (THREATS T153).</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var readiness = routes.ServiceProvider.GetRequiredService<Readiness>();
        routes.MapGet("/health/live", () => Results.Text("ok\n")).IsOpen(Why);
        routes
            .MapGet(
                "/health/ready",
                async context =>
                    await Answer(context, await readiness.ReadAsync(context.RequestAborted)).ExecuteAsync(context)
            )
            .IsOpen(Why);
    }

    private static JsonHttpResult<Health> Answer(HttpContext context, Health health)
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(
            context.IsLocal() ? health : health with { Checks = null },
            HealthJson.Default.Health,
            statusCode: health.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable
        );
    }
}
