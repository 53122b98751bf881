using Bascule.Core.Audit.Shipping;
using Bascule.Core.Work;
using Bascule.Server.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Shipping;

internal static class ShippingExtensions
{
    /// <summary>Needs the audit log and trail, the stores of collectors and work, and the metrics.</summary>
    public static void AddShipping(this IServiceCollection services, IReadOnlyList<CollectorSettings> collectors)
    {
        services.AddSingleton(provider => new Collectors(collectors, provider.GetRequiredService<ICollectorStore>()));
        services.AddSingleton<IWorkHandler, ShippingHandler>();
        services.AddSingleton<CollectorReader>();
        services.AddSingleton<CollectorActs>();
        services.AddSingleton<CollectorFindings>();
        services.AddSingleton<ShippingWatch>();
    }

    /// <summary>Comes after what the rows of work need.</summary>
    public static void WatchShipping(this IServiceCollection services) =>
        services.AddHostedService(provider => provider.GetRequiredService<ShippingWatch>());
}
