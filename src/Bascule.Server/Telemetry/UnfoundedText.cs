using System.Text;

namespace Bascule.Server.Telemetry;

/// <summary>Runs on platforms that claim a commit nobody has, as they stand in the database: every replica tells the same.</summary>
internal static class UnfoundedText
{
    private const string Name = "bascule_runs_unfounded";

    /// <param name="counts">By environment; null when nobody knows, and then nothing is told.</param>
    public static string Write(IReadOnlyDictionary<string, long>? counts)
    {
        if (counts is null)
            return "";
        var text = new StringBuilder();
        PrometheusText.Head(
            text,
            Name,
            "Runs that Bascule did not start and that claim a commit no repository of the environment has.",
            "gauge"
        );
        foreach (var (environment, count) in counts.OrderBy(one => one.Key, StringComparer.Ordinal))
            PrometheusText.Line(text, Name, PrometheusText.Labels([new("environment", environment)]), count);
        return text.ToString();
    }
}
