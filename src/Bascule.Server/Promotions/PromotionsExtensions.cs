using Bascule.Core.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Promotions;

/// <summary>Wires up promotions. Needs the store, work, runs, approvals, provenance, the audit trail and a TimeProvider.</summary>
internal static class PromotionsExtensions
{
    public static void AddPromotions(this IServiceCollection services)
    {
        services.AddSingleton<AttestedVersions>();
        services.AddSingleton<PromotionDrafts>();
        services.AddSingleton<PromotionGate>();
        services.AddSingleton<PromotionEnds>();
        services.AddSingleton<TrainOnce>();
        services.AddSingleton<Promoting>();
        services.AddSingleton<GoingBack>();
        services.AddSingleton<PromotionReading>();
        services.AddSingleton<IPromotedVersions, PromotedVersions>();
    }
}
