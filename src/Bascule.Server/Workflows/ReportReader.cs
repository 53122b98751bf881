using System.Globalization;
using Bascule.Core.Runs;
using Bascule.Core.Settings;
using Bascule.Core.Workflows;

namespace Bascule.Server.Workflows;

/// <summary>Reads what a workflow says under <c>report</c>: which metrics are shown, which way they are better, and which may not become worse.</summary>
internal static class ReportReader
{
    public static ReportRules Read(SettingReader settings)
    {
        if (settings.Map("report") is not { } report)
            return ReportRules.None;
        var metrics = report.Map("metrics");
        Dictionary<string, MetricRule> rules = new(StringComparer.Ordinal);
        foreach (var name in metrics?.Keys ?? [])
            if (ReadRule(metrics!, name) is { } rule)
                rules[name] = rule;
        var required = ReadRequired(report, metrics);
        report.RefuseOthers();
        return new ReportRules(rules, required);
    }

    /// <summary>What is required says under <c>metrics</c> which way it is better: else nobody knows what worse is.</summary>
    private static List<string> ReadRequired(SettingReader report, SettingReader? metrics)
    {
        List<string> required = [];
        foreach (var name in report.Texts("require"))
            if (metrics?.Find(name) is null)
                report.Refuse(
                    "require",
                    $"names '{name}', which is not under metrics",
                    $"add it there, with lower or higher: metrics: {{ {name}: lower }}"
                );
            else if (required.Contains(name, StringComparer.Ordinal))
                report.Refuse("require", $"names '{name}' twice", "remove one");
            else
                required.Add(name);
        return required;
    }

    private static MetricRule? ReadRule(SettingReader metrics, string name)
    {
        if (metrics.Find(name) is not SettingMap)
            return ReadGoal(metrics, name) is { } plain ? new MetricRule(plain) : null;
        if (metrics.Map(name) is not { } block)
            return null;
        if (block.Find("better") is null)
            block.Refuse("better", "is missing", "write lower or higher");
        var goal = ReadGoal(block, "better");
        var tolerance = ReadTolerance(block);
        block.RefuseOthers();
        return goal is { } known ? new MetricRule(known, tolerance) : null;
    }

    private static MetricGoal? ReadGoal(SettingReader settings, string key)
    {
        switch (settings.Text(key))
        {
            case "lower":
                return MetricGoal.Lower;
            case "higher":
                return MetricGoal.Higher;
            case null:
                return null;
            default:
                settings.Refuse(key, "is neither lower nor higher", "say which is better");
                return null;
        }
    }

    private static double ReadTolerance(SettingReader settings)
    {
        if (settings.Text("tolerance") is not { } text)
            return 0;
        if (
            double.TryParse(
                text,
                NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                CultureInfo.InvariantCulture,
                out var tolerance
            ) && double.IsFinite(tolerance)
        )
            return tolerance;
        settings.Refuse(
            "tolerance",
            $"'{text}' is no number from 0 up",
            "write by how much the metric may change in its own unit, e.g. 0.01"
        );
        return 0;
    }
}
