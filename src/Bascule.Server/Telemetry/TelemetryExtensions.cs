using Bascule.Server.Access;
using Bascule.Server.Api;
using Bascule.Server.Configuration;
using Bascule.Server.Work;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenTelemetry.Trace;

namespace Bascule.Server.Telemetry;

internal static class TelemetryExtensions
{
    public static void AddTelemetry(this IServiceCollection services, TelemetrySettings settings)
    {
        services.TryAddSingleton<BasculeMetrics>();
        services.AddSingleton(provider => new MetricCollector(provider.GetRequiredService<BasculeMetrics>().Meter));
        services.AddSingleton<WorkOrigins>();
        services.AddSingleton<RunTransitions>();
        services.AddSingleton<Observers>();
        services.AddSingleton<Scrape>();
        if (settings.Otlp is { } collector)
            services.AddSingleton(_ => TraceExport.To(collector));
    }

    /// <summary>Puts every handler registered so far behind an <see cref="ObservedHandler"/>.</summary>
    public static void ObserveHandlers(this IServiceCollection services) =>
        services.WrapHandlers(
            (provider, inner) => new ObservedHandler(inner, provider.GetRequiredService<Observers>())
        );

    /// <summary>Metrics on the local listener; counting begins here, and so does the sending of traces.</summary>
    public static void MapTelemetry(this IEndpointRouteBuilder routes)
    {
        var scrape = routes.ServiceProvider.GetRequiredService<Scrape>();
        _ = routes.ServiceProvider.GetService<TracerProvider>();
        routes
            .MapGet(
                "/metrics",
                async (HttpContext context) =>
                {
                    var text = await scrape.ReadAsync(context.RequestAborted);
                    context.Response.ContentType = PrometheusText.ContentType;
                    await context.Response.WriteAsync(text, context.RequestAborted);
                }
            )
            .WithMetadata(new LocalOnly())
            .IsOpen("collectors on this machine ask; the public listener has no such address");
    }
}
