using Bascule.Server.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Bascule.Server.Audit;

internal static class AuditExtensions
{
    public static void AddAudit(this IServiceCollection services)
    {
        services.TryAddSingleton<BasculeMetrics>();
        services.AddSingleton<AuditTrail>();
        services.AddSingleton<RefusalCounter>();
        services.AddHostedService(provider => provider.GetRequiredService<RefusalCounter>());
    }
}
