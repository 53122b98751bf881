using System.Text.Json;
using Bascule.Connectors.Outbound;
using Bascule.Core.Runs;

namespace Bascule.Connectors.Platforms.Mlflow;

/// <summary>Metrics as the platform names them, bounded: whoever wrote the script chose their names, number and values (THREATS T123, T143).</summary>
internal sealed record MetricReading(IReadOnlyList<Metric> Metrics, IReadOnlyList<string> Warnings)
{
    private const int Most = 200;
    private const int LongestName = 250;

    public static MetricReading Of(IReadOnlyList<MlflowMetric> found)
    {
        var metrics = new List<Metric>();
        var warnings = new List<string>();
        var names = new HashSet<string>();
        foreach (var metric in found.Take(Most))
            if (metric.Key is not { Length: > 0 and <= LongestName } name || !names.Add(name))
                warnings.Add(
                    $"metric '{StatusProblem.Clean(metric.Key ?? "")}' is left out: its name is too long or not its own"
                );
            else if (!IsFinite(metric.Value, out var value))
                warnings.Add($"metric '{StatusProblem.Clean(name)}' is left out: its value is not a finite number");
            else
                metrics.Add(new Metric(name, value));
        if (found.Count > Most)
            warnings.Add($"the run logged {found.Count} metrics; only {Most} are read");
        return new MetricReading(metrics, warnings);
    }

    private static bool IsFinite(JsonElement json, out double value)
    {
        value = 0;
        return json.ValueKind == JsonValueKind.Number && json.TryGetDouble(out value) && double.IsFinite(value);
    }
}
