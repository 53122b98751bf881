using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Bascule.Server.Tests.Telemetry;

/// <param name="Labels">Without <c>le</c>, sorted by name.</param>
internal sealed record Sample(string Name, IReadOnlyDictionary<string, string> Labels, double Value)
{
    public string Key => $"{Name}{{{string.Join(',', Labels.Select(label => $"{label.Key}={label.Value}"))}}}";
}

internal sealed record Family(string Name, string Type, string Help, List<Sample> Samples);

/// <summary>
/// Reads the text format 0.0.4 as strictly as its description allows: every family has HELP, TYPE and then its samples, in one piece; nothing comes twice.
/// </summary>
internal static partial class PrometheusReader
{
    public static IReadOnlyDictionary<string, Family> Read(string text)
    {
        text.ShouldEndWith("\n");
        text.ShouldNotContain('\r');
        var families = new Dictionary<string, Family>();
        Family? family = null;
        string? help = null;
        foreach (var line in text[..^1].Split('\n'))
            if (HelpLine().Match(line) is { Success: true } helped)
                help = line;
            else if (TypeLine().Match(line) is { Success: true } typed)
            {
                var name = typed.Groups["name"].Value;
                var words = HelpLine().Match(help.ShouldNotBeNull(line));
                words.Groups["name"].Value.ShouldBe(name);
                family = new Family(name, typed.Groups["type"].Value, words.Groups["help"].Value, []);
                families.Add(name, family);
                help = null;
            }
            else
                family.ShouldNotBeNull(line).Samples.Add(ReadSample(line));
        foreach (var read in families.Values)
            Check(read);
        return families;
    }

    private static void Check(Family family)
    {
        family.Help.ShouldNotBeEmpty(family.Name);
        family.Samples.Select(sample => sample.Key).ShouldBeUnique();
        if (family.Type == "counter")
            family.Name.ShouldEndWith("_total");
        if (family.Type == "histogram")
            CheckHistogram(family);
        else
            family.Samples.ShouldAllBe(sample => sample.Name == family.Name && sample.Value >= 0);
    }

    private static void CheckHistogram(Family family)
    {
        foreach (var series in family.Samples.GroupBy(sample => Without(sample, "le")))
        {
            var buckets = series.Where(sample => sample.Name == family.Name + "_bucket").ToList();
            buckets.Select(bucket => Number(bucket.Labels["le"])).ShouldBeInOrder();
            buckets.Select(bucket => bucket.Value).ShouldBeInOrder();
            buckets[^1].Labels["le"].ShouldBe("+Inf");
            series.Single(sample => sample.Name == family.Name + "_count").Value.ShouldBe(buckets[^1].Value);
            series.Count(sample => sample.Name == family.Name + "_sum").ShouldBe(1);
            series.Count().ShouldBe(buckets.Count + 2);
        }
    }

    private static string Without(Sample sample, string label) =>
        string.Join(',', sample.Labels.Where(pair => pair.Key != label).Select(pair => $"{pair.Key}={pair.Value}"));

    private static Sample ReadSample(string line)
    {
        var match = SampleLine().Match(line);
        match.Success.ShouldBeTrue(line);
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (Match label in Label().Matches(match.Groups["labels"].Value))
            labels.Add(label.Groups["name"].Value, Unescaped(label.Groups["value"].Value));
        return new Sample(match.Groups["name"].Value, labels, Number(match.Groups["value"].Value));
    }

    private static string Unescaped(string value)
    {
        var text = new StringBuilder();
        for (var i = 0; i < value.Length; i++)
            text.Append(
                value[i] != '\\' ? value[i]
                : value[++i] == 'n' ? '\n'
                : value[i]
            );
        return text.ToString();
    }

    private static double Number(string text) =>
        text switch
        {
            "+Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
        };

    [GeneratedRegex(@"^# HELP (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<help>(?:[^\\]|\\\\|\\n)*)$")]
    private static partial Regex HelpLine();

    [GeneratedRegex(@"^# TYPE (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<type>counter|gauge|histogram)$")]
    private static partial Regex TypeLine();

    [GeneratedRegex(
        """^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?<labels>(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\["\\n])*"(?:,(?!\})|(?=\})))+)\})? (?<value>[+-]?(?:Inf|[0-9.]+(?:[eE][+-]?[0-9]+)?)|NaN)$"""
    )]
    private static partial Regex SampleLine();

    [GeneratedRegex("""(?<name>[a-zA-Z_][a-zA-Z0-9_]*)="(?<value>(?:[^"\\]|\\["\\n])*)"(?:,|$)""")]
    private static partial Regex Label();
}
