using Bascule.Core.Lineage;
using Bascule.Core.People;
using Bascule.Core.Work;
using Bascule.Server.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Lineage;

internal static class LineageExtensions
{
    /// <summary>Needs the stores of lineage and runs, and the environments.</summary>
    public static void AddLineage(this IServiceCollection services)
    {
        services.AddSingleton<LineageTracer>();
        services.AddSingleton<LineageReading>();
        services.AddSingleton<DeployedReading>();
    }

    /// <summary>Has environments looked at that name something to observe.</summary>
    public static void AddForeignRuns(this IServiceCollection services)
    {
        services.AddSingleton<ForeignLinks>();
        services.AddSingleton<IWorkHandler, ForeignRunsHandler>();
        services.AddHostedService<ForeignRows>();
    }

    public static void MapLineage(this IEndpointRouteBuilder api)
    {
        api.MapGet("/trace", TraceEndpoints.TraceAsync).Asks(Act.ReadRuns);
        api.MapGet("/environments", DeployedEndpoints.ListAsync).Asks(Act.ReadRuns);
    }
}
