using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.People;
using Bascule.Core.Runs;
using Bascule.Server.Access;
using Bascule.Server.Drift;
using Bascule.Server.Holding;
using Bascule.Server.Lineage;
using Bascule.Server.People;
using Bascule.Server.Reconcile;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Bascule.Server.Api;

/// <summary>The API: on the local listener for who holds the local token, on the public one for who is signed in.</summary>
public static class ApiExtensions
{
    /// <summary>Needs the stores of runs, lineage, repositories, deliveries and work, <see cref="IRunCommands"/>, IApprovals and a TimeProvider.</summary>
    public static IServiceCollection AddApi(this IServiceCollection services, LocalToken token)
    {
        services.AddComparisons();
        services.AddSingleton(token);
        services.AddSingleton<Uptime>();
        services.AddSingleton<RunRecordWriter>();
        services.AddLineage();
        services.TryAddSingleton<ComparedRuns>();
        services.AddSingleton<DriftReading>();
        return services;
    }

    /// <summary>Everything under /api/v1; who asks is known before anything else is looked at.</summary>
    public static IEndpointRouteBuilder MapApi(this IEndpointRouteBuilder endpoints)
    {
        var uptime = endpoints.ServiceProvider.GetRequiredService<Uptime>();
        var api = endpoints.MapGroup("/api/v1").WithMetadata(new Inside(IsPage: false));
        api.AddEndpointFilter<RouteGroupBuilder, FailureFilter>();
        api.MapGet(
                "/status",
                async (HoldGate gate, CancellationToken cancellationToken) =>
                    TypedResults.Json(
                        uptime.Read() with
                        {
                            Held = (await gate.ReadAsync(cancellationToken))?.Because,
                        },
                        ApiJson.Default.ServerStatus
                    )
            )
            .Asks(Act.ReadRuns);
        api.MapRuns();
        api.MapApprovals();
        api.MapLineage();
        api.MapIntakeRecords();
        api.MapForges();
        api.MapPeople();
        api.MapFallback("/{**rest}", () => new ProblemAnswer(Problem.NotFound("the API has no such address")))
            .Asks(Act.ReadRuns);
        return endpoints;
    }

    internal static void AddComparisons(this IServiceCollection services)
    {
        services.TryAddSingleton<IMetricGoals, NoMetricGoals>();
        services.TryAddSingleton<IPromotedVersions, NothingPromoted>();
        services.TryAddSingleton<RunComparisons>();
    }

    /// <summary>Until somebody registers who knows better, no metric has a good direction.</summary>
    private sealed class NoMetricGoals : IMetricGoals
    {
        public Task<IReadOnlyDictionary<string, MetricRule>> ReadAsync(Run run, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyDictionary<string, MetricRule>>(new Dictionary<string, MetricRule>());
    }

    private sealed class NothingPromoted : IPromotedVersions
    {
        public Task<PromotedVersion?> FindAsync(Run run, CancellationToken cancellationToken) =>
            Task.FromResult<PromotedVersion?>(null);
    }
}
