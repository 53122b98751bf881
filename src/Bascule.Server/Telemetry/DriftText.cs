using System.Text;
using Bascule.Core.Drift;

namespace Bascule.Server.Telemetry;

/// <summary>Drift as it stands in the database: every replica tells the same.</summary>
internal static class DriftText
{
    private const string Found = "bascule_drift_resources";
    private const string Unknown = "bascule_drift_unknown";

    /// <param name="standings">Of environments in the settings.</param>
    public static string Write(IReadOnlyList<DriftStanding> standings)
    {
        var text = new StringBuilder();
        var environments = standings.GroupBy(one => one.Place.Environment, StringComparer.Ordinal).ToList();
        PrometheusText.Head(text, Found, "Resources that are not as they were deployed.", "gauge");
        foreach (var environment in environments)
            PrometheusText.Line(text, Found, LabelsOf(environment.Key), environment.Sum(one => one.Total));
        PrometheusText.Head(text, Unknown, "Workflows whose last comparison could not be made.", "gauge");
        foreach (var environment in environments)
            PrometheusText.Line(
                text,
                Unknown,
                LabelsOf(environment.Key),
                environment.Count(one => one.Problem is not null)
            );
        return text.ToString();
    }

    private static string LabelsOf(string environment) => PrometheusText.Labels([new("environment", environment)]);
}
