using Bascule.Server.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Console;

/// <summary>The pages that people look at, on the local listener. They only read, so they ask for no sign-in.</summary>
public static class ConsoleExtensions
{
    private static readonly string[] Reads = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Needs the stores of runs, repositories, deliveries and work, and a TimeProvider.</summary>
    public static IServiceCollection AddConsole(this IServiceCollection services)
    {
        services.AddLocalOnlyEndpoints();
        services.AddRazorComponents();
        services.AddSingleton<ConsoleAssets>();
        services.AddSingleton<ConsoleReader>();
        return services;
    }

    public static IEndpointRouteBuilder MapConsole(this IEndpointRouteBuilder endpoints)
    {
        var console = endpoints.MapGroup("").WithMetadata(new LocalOnly());
        console.AddEndpointFilter<RouteGroupBuilder, ConsoleFailureFilter>();
        console.AddEndpointFilter<RouteGroupBuilder, HoldFilter>();
        console.MapMethods("/", Reads, ConsoleEndpoints.RunsAsync);
        console.MapMethods("/runs/{id}", Reads, ConsoleEndpoints.RunAsync);
        console.MapMethods("/deliveries", Reads, ConsoleEndpoints.DeliveriesAsync);
        console.MapMethods("/forges", Reads, ConsoleEndpoints.ForgesAsync);
        console.MapPost("/theme", (Delegate)Themes.ChooseAsync);
        console.MapMethods(
            "/assets/{name}",
            Reads,
            (string name, string? v, ConsoleAssets assets, HttpResponse response) => assets.Answer(name, v, response)
        );
        console.MapFallback("/{**path}", ConsoleEndpoints.Nothing);
        return endpoints;
    }
}
