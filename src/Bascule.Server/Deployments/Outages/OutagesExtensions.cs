using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Deployments.Outages;

/// <summary>Wires up what serves deploy refs while the database is away. Needs deployments, passes, people, policies, the master key and the audit spool.</summary>
internal static class OutagesExtensions
{
    public static void AddOutages(this IServiceCollection services)
    {
        services.AddSingleton<OutageMemory>();
        services.AddSingleton<OutageTokens>();
        services.AddSingleton<OutageDoor>();
        services.AddSingleton<OutageExchange>();
        services.AddSingleton<OutageWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<OutageWatch>());
    }
}
