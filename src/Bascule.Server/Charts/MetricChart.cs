using System.Globalization;
using System.Xml.Linq;
using Bascule.Core.Runs;
using Bascule.Core.Text;
using Bascule.Server.Reports;

namespace Bascule.Server.Charts;

/// <summary>
/// A run's metrics as a drawing (SVG 1.1) that stands alone: a line each, with its past, its base and what is promoted now. It asks for nothing, runs nothing and
/// needs no style, so it shows the same wherever it is opened.
/// </summary>
internal static class MetricChart
{
    private const int MaxMetrics = 20;
    private const int MaxName = 32;
    private const int Width = 640;
    private const int Row = 48;
    private const int Head = 44;
    private const int CurveAt = 400;
    private const string Ink = "#1f2328";
    private const string Muted = "#59636e";
    private const string Line = "#0969da";
    private const string Promoted = "#8250df";
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <param name="title">Above the drawing, for people.</param>
    public static string Draw(string title, RunComparison comparison)
    {
        var metrics = comparison.Metrics.Take(MaxMetrics).ToList();
        var height = Head + metrics.Count * Row + 8;
        var drawing = Element(
            "svg",
            ("width", Width),
            ("height", height),
            ("viewBox", Invariant($"0 0 {Width} {height}")),
            ("role", "img"),
            ("font-family", "Verdana,DejaVu Sans,sans-serif")
        );
        drawing.Add(new XElement(Svg + "title", title));
        drawing.Add(Element("rect", ("width", Width), ("height", height), ("rx", 6), ("fill", "#ffffff")));
        drawing.Add(Text(16, 20, title, 13, Ink));
        drawing.Add(Text(16, 36, Legend(comparison), 11, Muted));
        foreach (var (index, metric) in metrics.Index())
            drawing.Add(Drawing(metric, Head + index * Row));
        return drawing.ToString(SaveOptions.DisableFormatting);
    }

    private static XElement Drawing(ComparedMetric metric, int top)
    {
        var row = Element("g", ("transform", Invariant($"translate(0 {top})")));
        row.Add(Text(16, 20, PlainText.Line(metric.Name, MaxName), 13, Ink));
        row.Add(Text(16, 36, Beside(metric), 11, Muted));
        row.Add(Text(CurveAt - 16, 20, Words.Number(metric.Value), 13, Ink, anchor: "end"));
        row.Add(Curve(new MetricCurve(metric, Width - CurveAt - 8, Row, Margin: 8)));
        return row;
    }

    private static XElement Curve(MetricCurve curve)
    {
        var drawn = Element("g", ("transform", Invariant($"translate({CurveAt} 0)")));
        if (curve.Values.Count == 0)
            return drawn;
        if (curve.Metric.Base is { } was && double.IsFinite(was))
            drawn.Add(Level(curve, was, Muted, dashes: "4 4"));
        if (curve.Metric.Promoted is { } promoted && double.IsFinite(promoted))
            drawn.Add(Level(curve, promoted, Promoted, dashes: "1 3"));
        drawn.Add(Element("polyline", ("points", curve.Line), ("fill", "none"), ("stroke", Line), ("stroke-width", 2)));
        if (double.IsFinite(curve.Metric.Value))
            drawn.Add(
                Element(
                    "circle",
                    ("cx", curve.X(curve.Values.Count - 1)),
                    ("cy", curve.Y(curve.Metric.Value)),
                    ("r", 3.5),
                    ("fill", Line)
                )
            );
        return drawn;
    }

    private static XElement Level(MetricCurve curve, double value, string colour, string dashes) =>
        Element(
            "path",
            ("d", Invariant($"M0 {curve.Y(value)}H{curve.Width}")),
            ("stroke", colour),
            ("stroke-width", 1.5),
            ("stroke-dasharray", dashes)
        );

    private static string Legend(RunComparison comparison)
    {
        var branch = comparison is { Base: not null, Branch: { } name }
            ? PlainText.Line(name.ShortName, MaxName)
            : null;
        string?[] parts =
        [
            "line: successes before, then this run",
            branch is null ? null : $"dashed: {branch}",
            comparison.Promoted is { } promoted
                ? $"dotted: {promoted.Alias}, version {PlainText.Line(promoted.Version, 12)}"
                : null,
        ];
        return string.Join(" · ", parts.OfType<string>());
    }

    private static string Beside(ComparedMetric metric)
    {
        string?[] parts =
        [
            metric.Base is { } was ? $"before {Words.Number(was)}{Verdict(metric.Verdict)}" : null,
            metric.Promoted is { } promoted
                ? $"promoted {Words.Number(promoted)}{Verdict(metric.PromotedVerdict)}"
                : null,
        ];
        return string.Join(" · ", parts.OfType<string>());
    }

    private static string Verdict(MetricVerdict? verdict) =>
        verdict is null ? "" : $" ({verdict.ToString()!.ToLowerInvariant()})";

    private static XElement Text(int x, int y, string text, int size, string colour, string anchor = "start")
    {
        var element = Element(
            "text",
            ("x", x),
            ("y", y),
            ("font-size", size),
            ("fill", colour),
            ("text-anchor", anchor)
        );
        element.Value = text;
        return element;
    }

    private static XElement Element(string name, params (string Name, object Value)[] attributes) =>
        new(Svg + name, attributes.Select(attribute => new XAttribute(attribute.Name, attribute.Value)));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
