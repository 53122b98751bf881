using System.Globalization;
using System.Text;
using Bascule.Core.Runs;

namespace Bascule.Server.Reports;

/// <summary>A run's metrics in a comment: beside those of its base, and of what is promoted now.</summary>
internal static class MetricText
{
    private const int MaxName = 80;

    public static void Append(StringBuilder text, RunReport report, RunLinks links)
    {
        if (report.Metrics.Count == 0)
            return;
        var hasBase = report.BaseBranch is not null;
        var promoted = report.Promoted;
        text.Append("\n| metric | this run |");
        if (hasBase)
            text.Append(CultureInfo.InvariantCulture, $" {Markdown.Code(report.BaseBranch)} | |");
        if (promoted is not null)
            text.Append(CultureInfo.InvariantCulture, $" {Markdown.Code(promoted.Alias)} | |");
        text.Append("\n|---|---:|");
        text.Append(hasBase ? "---:|---|" : "").Append(promoted is null ? "" : "---:|---|").Append('\n');
        foreach (var metric in report.Metrics)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {Markdown.Code(metric.Name, MaxName)} | {Words.Number(metric.Value)} |"
            );
            if (hasBase)
                text.Append(Beside(metric.Value, metric.Base, metric.Verdict));
            if (promoted is not null)
                text.Append(Beside(metric.Value, metric.Promoted, metric.PromotedVerdict));
            text.Append('\n');
        }
        AppendBelow(text, report, links);
    }

    /// <summary>A link and no picture: whoever only reads the forge's page calls nobody else by that.</summary>
    private static void AppendBelow(StringBuilder text, RunReport report, RunLinks links)
    {
        if (report.Promoted is { } promoted)
            text.Append(
                CultureInfo.InvariantCulture,
                $"\n{Markdown.Code(promoted.Alias)} in {Markdown.Code(promoted.Environment)} is {Markdown.Code(promoted.Model)} version {Markdown.Code(promoted.Version)} by [run {promoted.Producer.Id}]({links.PageOf(promoted.Producer.Id)}), commit {Markdown.Code(promoted.Producer.Commit.Short)}.\n"
            );
        if (report.Metrics.Any(metric => metric.Base is not null || metric.Promoted is not null))
            text.Append(CultureInfo.InvariantCulture, $"\n[Chart]({links.ChartOf(report.Run.Id)})\n");
    }

    private static string Beside(double value, double? other, MetricVerdict? verdict)
    {
        if (other is not { } was)
            return " – |  |";
        var difference = Words.Difference(value, was);
        var said = verdict switch
        {
            MetricVerdict.Better => $"**better** ({difference})",
            MetricVerdict.Worse => $"**worse** ({difference})",
            MetricVerdict.Same => "same",
            _ => difference,
        };
        return $" {Words.Number(was)} | {said} |";
    }
}
