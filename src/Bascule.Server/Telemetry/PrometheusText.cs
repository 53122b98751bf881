using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Bascule.Server.Telemetry;

/// <summary>Prometheus' text exposition format, version 0.0.4; names as OpenTelemetry maps its own to it.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>What came of measurements that had no place; part of the text, not of the meter.</summary>
    internal const string DroppedName = "bascule_metrics_dropped_total";
    private const int LongestValue = 200;

    public static string NameOf(Instrument instrument)
    {
        var unit = instrument.Unit == "s" ? "_seconds" : "";
        var total = instrument is Counter<long> or Counter<double> ? "_total" : "";
        return Plain(instrument.Name) + unit + total;
    }

    /// <summary>Without the braces, sorted by name, so that one set of labels is one text.</summary>
    public static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new string[tags.Length];
        for (var i = 0; i < tags.Length; i++)
            labels[i] = Label(tags[i].Key, Convert.ToString(tags[i].Value, CultureInfo.InvariantCulture) ?? "");
        Array.Sort(labels, StringComparer.Ordinal);
        return string.Join(',', labels);
    }

    public static string Write(IReadOnlyCollection<MetricFamily> families)
    {
        var text = new StringBuilder();
        foreach (var family in families)
        {
            Head(text, family.Name, family.Help, family.Type);
            foreach (var (labels, series) in family.Series)
                Write(text, family, labels, series);
        }
        Head(text, DroppedName, "Measurements dropped because their metric has too many label values.", "counter");
        foreach (var family in families.Where(family => family.Dropped > 0))
            Line(text, DroppedName, Label("metric", family.Name), family.Dropped);
        return text.ToString();
    }

    private static void Write(StringBuilder text, MetricFamily family, string labels, MetricSeries series)
    {
        if (family.Type != "histogram")
        {
            Line(text, family.Name, labels, series.Value);
            return;
        }
        Histogram(text, family.Name, labels, series.Buckets(), series.Value);
    }

    /// <param name="buckets">Cumulative; the last one, up to infinity, has everything.</param>
    internal static void Histogram(
        StringBuilder text,
        string name,
        string labels,
        IEnumerable<(double UpTo, long Count)> buckets,
        double sum
    )
    {
        var count = 0L;
        foreach (var (upTo, below) in buckets)
        {
            var bucket = Label("le", Number(upTo));
            Line(text, name + "_bucket", labels.Length == 0 ? bucket : $"{labels},{bucket}", below);
            count = below;
        }
        Line(text, name + "_sum", labels, sum);
        Line(text, name + "_count", labels, count);
    }

    internal static void Head(StringBuilder text, string name, string help, string type) =>
        text.Append("# HELP ")
            .Append(name)
            .Append(' ')
            .Append(help.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal))
            .Append("\n# TYPE ")
            .Append(name)
            .Append(' ')
            .Append(type)
            .Append('\n');

    internal static void Line(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
            text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Label(string name, string value) => $"{Plain(name)}=\"{Escaped(value)}\"";

    private static string Escaped(string value) =>
        (value.Length > LongestValue ? value[..LongestValue] : value)
            .Replace("\\", @"\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", @"\n", StringComparison.Ordinal);

    /// <summary>Letters, digits and _, no digit first.</summary>
    private static string Plain(string name)
    {
        var plain = string.Concat(name.Select(character => char.IsAsciiLetterOrDigit(character) ? character : '_'));
        return char.IsAsciiDigit(plain[0]) ? "_" + plain : plain;
    }

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : value.ToString("R", CultureInfo.InvariantCulture);
}
