using System.Text.Json.Nodes;

namespace Bascule.Simulators.Mlflow;

/// <summary>An MLflow run with everything logged to it.</summary>
internal sealed class TrackedRun(string id, string experimentId, string userName)
{
    public string Id => id;
    public string ExperimentId => experimentId;
    public required string Name { get; set; }
    public required long StartTime { get; init; }
    public string Status { get; set; } = "RUNNING";
    public long? EndTime { get; set; }
    public bool IsDeleted { get; set; }
    public List<MetricPoint> Metrics { get; } = [];
    public Dictionary<string, string> Parameters { get; } = [];
    public Dictionary<string, string> Tags { get; } = [];

    /// <summary>Sizes in bytes of its artifacts, by path.</summary>
    public SortedDictionary<string, long> Files { get; } = new(StringComparer.Ordinal);

    public required string ArtifactUri { get; init; }

    /// <summary>One value per name: that of the highest step, then time, then value.</summary>
    public IEnumerable<MetricPoint> LatestMetrics =>
        Metrics.GroupBy(m => m.Key).Select(g => g.MaxBy(m => (m.Step, m.Timestamp, m.Value))!);

    public JsonObject InfoJson() =>
        new()
        {
            ["run_id"] = Id,
            ["run_uuid"] = Id,
            ["run_name"] = Name,
            ["experiment_id"] = ExperimentId,
            ["user_id"] = userName,
            ["status"] = Status,
            ["start_time"] = StartTime,
            ["end_time"] = EndTime,
            ["artifact_uri"] = ArtifactUri,
            ["lifecycle_stage"] = IsDeleted ? "deleted" : "active",
        };

    public JsonObject ToJson() =>
        new()
        {
            ["info"] = InfoJson(),
            ["data"] = new JsonObject
            {
                ["metrics"] = new JsonArray([.. LatestMetrics.Select(m => (JsonNode?)m.ToJson())]),
                ["params"] = Pairs(Parameters),
                ["tags"] = Pairs(Tags),
            },
            ["inputs"] = new JsonObject(),
        };

    public static JsonArray Pairs(Dictionary<string, string> pairs) =>
        [.. pairs.Select(p => (JsonNode?)new JsonObject { ["key"] = p.Key, ["value"] = p.Value })];
}

internal sealed record MetricPoint(string Key, double Value, long Timestamp, long Step)
{
    public JsonObject ToJson() =>
        new()
        {
            ["key"] = Key,
            ["value"] = Json(Value),
            ["timestamp"] = Timestamp,
            ["step"] = Step,
        };

    // As protocol buffers write the numbers that JSON lacks.
    private static JsonValue? Json(double value) =>
        double.IsNaN(value) ? JsonValue.Create("NaN")
        : double.IsInfinity(value) ? JsonValue.Create(value > 0 ? "Infinity" : "-Infinity")
        : JsonValue.Create(value);
}
