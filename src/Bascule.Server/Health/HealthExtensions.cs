using Bascule.Server.Api;
using Bascule.Server.Work;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Bascule.Server.Health;

internal static class HealthExtensions
{
    /// <summary>Room for <see cref="Drain"/> and for what is stopped after it.</summary>
    private static readonly TimeSpan StopTimeout = Drain.Longest + TimeSpan.FromSeconds(10);

    public static void AddHealth(this IServiceCollection services)
    {
        services.AddSingleton<Readiness>();
        services.AddSingleton<Drain>();
        services.AddHostedService(provider => provider.GetRequiredService<Drain>());
        services.Configure<HostOptions>(options => options.ShutdownTimeout = StopTimeout);
    }

    /// <summary>Puts every handler registered so far behind a <see cref="DrainedHandler"/>.</summary>
    public static void DrainHandlers(this IServiceCollection services) =>
        services.WrapHandlers((provider, inner) => new DrainedHandler(inner, provider.GetRequiredService<Drain>()));

    /// <summary>For load balancers, on both listeners. Strangers learn a word and nothing else (THREATS T153).</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var readiness = routes.ServiceProvider.GetRequiredService<Readiness>();
        routes.MapGet("/health/live", () => Results.Text("ok\n"));
        routes.MapGet(
            "/health/ready",
            async context =>
                await Answer(context, await readiness.ReadAsync(context.RequestAborted)).ExecuteAsync(context)
        );
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
