using Bascule.Core.People;
using Bascule.Core.Work;
using Bascule.Server.Access;
using Bascule.Server.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Bascule.Server.Drift;

/// <summary>Wires up what finds changes made outside Git. Needs the environments, runs, the stores of lineage, work and drift, and the audit trail.</summary>
internal static class DriftExtensions
{
    public static void AddDrift(this IServiceCollection services)
    {
        services.TryAddSingleton<ComparedRuns>();
        services.AddSingleton<DriftComparing>();
        services.AddSingleton<DriftHandler>();
        services.AddSingleton<IWorkHandler>(provider => provider.GetRequiredService<DriftHandler>());
        services.AddHostedService<DriftRows>();
    }

    public static void MapDrift(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup("/api/v1").WithMetadata(new Inside(IsPage: false));
        api.AddEndpointFilter<RouteGroupBuilder, FailureFilter>();
        api.MapGet("/drift", DriftEndpoints.ListAsync).Asks(Act.ReadRuns);
    }
}
