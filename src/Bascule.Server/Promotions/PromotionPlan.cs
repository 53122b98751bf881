using System.Text.Json.Nodes;
using Bascule.Core.Json;
using Bascule.Core.Platforms;
using Bascule.Core.Promotions;
using Bascule.Core.Runs;

namespace Bascule.Server.Promotions;

/// <summary>What a run that promotes would do, as it is approved: it is made once, of what the run is, and stays.</summary>
internal static class PromotionPlan
{
    /// <param name="order">What is asked for.</param>
    /// <param name="now">Where Bascule left the alias; null when it never moved it.</param>
    /// <param name="goesBack">Whether it is a rollback.</param>
    public static PlatformPlan Of(PromotionOrder order, Promotion? now, bool goesBack)
    {
        var replaces = now?.Version;
        var json = new JsonObject
        {
            ["promote"] = new JsonObject
            {
                ["model"] = order.Model,
                ["version"] = order.Version,
                ["alias"] = order.Alias,
                ["produced_by"] = order.Producer?.Text,
                ["replaces"] = replaces,
                ["generation"] = order.Generation,
                ["rolls_back"] = goesBack,
            },
        };
        string line = order.Version is null
            ? $"takes {order.Alias} away from {order.Model}"
            : $"has {order.Alias} of {order.Model} lead to version {order.Version}, which run {order.Producer} produced";
        string before = replaces is null
            ? "Bascule promoted none before"
            : $"in place of version {replaces}, of run {now!.Producer}";
        return new PlatformPlan(CanonicalJson.ToText(json), TargetOf(order), [line, before], []) { HoldsAlone = true };
    }

    /// <summary>As it stands in the run.</summary>
    public static PlatformPlan Of(Run run) =>
        new(run.Plan!, run.Target!, run.PlanSummary?.Split('\n') ?? [], []) { HoldsAlone = true };

    /// <summary>
    /// Of its own, and not the one that training holds: a promotion changes no version, and going back waits for no training. All aliases of a model share it,
    /// since a version has one stage where stages are what there is.
    /// </summary>
    private static string TargetOf(PromotionOrder order) => $"promotions:{order.Model}";
}
