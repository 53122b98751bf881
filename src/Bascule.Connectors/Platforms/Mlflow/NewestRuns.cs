using System.Text.Json.Nodes;

namespace Bascule.Connectors.Platforms.Mlflow;

/// <summary>The search for the newest runs of an experiment (MLflow's REST API, <c>runs/search</c>).</summary>
internal static class NewestRuns
{
    private const int Most = 100;

    /// <param name="experiment">Its id.</param>
    public static JsonObject Of(string experiment) =>
        new()
        {
            ["experiment_ids"] = new JsonArray(experiment),
            ["order_by"] = new JsonArray("attributes.start_time DESC"),
            ["max_results"] = Most,
        };
}
