using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Audit;

internal static class AuditExtensions
{
    public static void AddAudit(this IServiceCollection services)
    {
        services.AddSingleton<AuditTrail>();
        services.AddSingleton<RefusalCounter>();
        services.AddHostedService(provider => provider.GetRequiredService<RefusalCounter>());
    }
}
