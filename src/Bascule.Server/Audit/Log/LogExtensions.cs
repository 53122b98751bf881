using Bascule.Server.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Audit.Log;

internal static class LogExtensions
{
    private const string MemoryFile = "audit.checkpoint";

    public static void AddAuditLog(this IServiceCollection services, ServerSettings settings)
    {
        services.AddSingleton(settings.AuditLog);
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<LogOpening>(provider, settings.PublicUrl));
        services.AddSingleton(provider =>
            ActivatorUtilities.CreateInstance<LogMemory>(provider, Path.Combine(settings.DataFolder, MemoryFile))
        );
        services.AddSingleton<LogGrowing>();
        services.AddSingleton<Cosigning>();
        services.AddSingleton<EntrySearch>();
        services.AddHostedService<LogPublisher>();
        services.AddHostedService<EntryIndexer>();
    }
}
