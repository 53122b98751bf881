namespace Bascule.Simulators.Mlflow;

/// <summary>What a filter or an order can ask of a run.</summary>
internal static class RunValues
{
    public static object? LookUp(TrackedRun run, string entity, string key) =>
        entity switch
        {
            "tags" or "tag" => run.Tags.GetValueOrDefault(key),
            "params" or "param" or "parameters" or "parameter" => run.Parameters.GetValueOrDefault(key),
            "metrics" or "metric" => run.LatestMetrics.FirstOrDefault(m => m.Key == key)?.Value,
            "attributes" or "attribute" or "attr" or "run" => Attribute(run, key),
            _ => null,
        };

    private static object? Attribute(TrackedRun run, string key) =>
        key switch
        {
            "run_id" => run.Id,
            "run_name" => run.Name,
            "status" => run.Status,
            "artifact_uri" => run.ArtifactUri,
            "start_time" => (double)run.StartTime,
            "end_time" => (double?)run.EndTime,
            _ => null,
        };
}
