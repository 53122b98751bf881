using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Connect;

internal static class ConnectExtensions
{
    public static void AddConnect(this IServiceCollection services)
    {
        services.AddSingleton<WebhookRegistrar>();
        services.AddSingleton<RefBaseline>();
        services.AddSingleton<WebhookProbe>();
        services.AddSingleton<Doctor>();
        services.AddSingleton<Connector>();
    }

    /// <summary>For load balancers: says that the process answers, and nothing about it (THREATS T153).</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/health/live", () => Results.Text("ok\n"));
}
