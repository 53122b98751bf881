using Bascule.Core.Audit;
using Bascule.Server.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Audit;

internal static class AuditExtensions
{
    public static void AddAudit(this IServiceCollection services)
    {
        services.TryAddSingleton<BasculeMetrics>();
        services.AddSingleton<AuditTrail>();
        services.AddSingleton<ClockCheck>();
        services.AddSingleton<RefusalCounter>();
        services.AddHostedService(provider => provider.GetRequiredService<RefusalCounter>());
        services.AddSingleton<FormerSecretCounter>();
        services.AddHostedService(provider => provider.GetRequiredService<FormerSecretCounter>());
    }

    /// <summary>Lets safety acts, and reads of deploy refs, go on while the audit log cannot be written.</summary>
    public static void AddAuditSpool(this IServiceCollection services, string dataFolder)
    {
        services.AddSingleton(new AuditSpool(Path.Combine(dataFolder, AuditSpool.FileName)));
        services.AddSingleton<SpoolReplay>();
        services.AddHostedService(provider => provider.GetRequiredService<SpoolReplay>());
        services.AddSingleton(ReadSpool.In(dataFolder));
        services.AddSingleton<IHostedService>(provider => new SpoolReplay(
            provider.GetRequiredService<ReadSpool>().Entries,
            provider.GetRequiredService<IAuditLog>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SpoolReplay>>()
        ));
    }
}
