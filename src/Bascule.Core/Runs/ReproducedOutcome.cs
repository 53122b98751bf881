using System.Globalization;
using Bascule.Core.Text;

namespace Bascule.Core.Runs;

/// <summary>How a run ended, as far as a reproduction of it is held against it.</summary>
public sealed record RunOutcome(RunState State, IReadOnlyList<Metric> Metrics, IReadOnlyList<ModelVersion> Models);

/// <summary>Holds how a reproduction ended against how its original did.</summary>
public static class ReproducedOutcome
{
    private const int Most = 50;
    private const int LongestName = 120;
    private const int ShortDigest = 12;

    /// <summary>
    /// What is not as it was, a line each; empty when it was reproduced. A metric is the same within the tolerance that its workflow gives it, else only when it is
    /// exactly the same. A model is the same unless both digests are known and differ: its version is another one by nature.
    /// </summary>
    /// <param name="rules">By metric name.</param>
    public static IReadOnlyList<string> Compare(
        RunOutcome original,
        RunOutcome again,
        IReadOnlyDictionary<string, MetricRule> rules
    )
    {
        List<string> found =
        [
            .. original.State == again.State
                ? Array.Empty<string>()
                : [$"the original {original.State.Word()}, this one {again.State.Word()}"],
            .. CompareMetrics(original.Metrics, again.Metrics, rules),
            .. CompareModels(original.Models, again.Models),
        ];
        return found.Count <= Most ? found : [.. found.Take(Most), $"and {found.Count - Most} more"];
    }

    /// <summary>In one line; null for a run that was not compared.</summary>
    public static string? Words(Run run) =>
        run.Differences switch
        {
            null => null,
            [] => "reproduced",
            var differences => $"differs: {string.Join("; ", differences)}",
        };

    private static IEnumerable<string> CompareMetrics(
        IReadOnlyList<Metric> original,
        IReadOnlyList<Metric> again,
        IReadOnlyDictionary<string, MetricRule> rules
    )
    {
        foreach (var was in original)
        {
            var name = Name(was.Name);
            if (again.FirstOrDefault(metric => metric.Name == was.Name) is not { } now)
                yield return $"{name} was {Number(was.Value)}, and was not logged now";
            else if (!IsSame(was.Value, now.Value, rules.GetValueOrDefault(was.Name)?.Tolerance ?? 0))
                yield return $"{name} {Number(was.Value)} → {Number(now.Value)}";
        }
        foreach (var now in again.Where(now => original.All(was => was.Name != now.Name)))
            yield return $"{Name(now.Name)} is {Number(now.Value)}, and was not logged then";
    }

    private static bool IsSame(double was, double now, double tolerance) =>
        was.Equals(now) || Math.Abs(was - now) <= tolerance;

    private static IEnumerable<string> CompareModels(
        IReadOnlyList<ModelVersion> original,
        IReadOnlyList<ModelVersion> again
    )
    {
        foreach (
            var name in original.Concat(again).Select(model => model.Name).Distinct().Order(StringComparer.Ordinal)
        )
        {
            var (then, now) = (Of(original, name), Of(again, name));
            if (then.Count != now.Count)
                yield return $"model {Name(name)}: {Versions(then.Count)} then, {Versions(now.Count)} now";
            else
                foreach (var (was, made) in then.Zip(now).Where(pair => HasOtherBytes(pair.First, pair.Second)))
                    yield return $"model {Name(name)}: version {made.Version} has other bytes than version {was.Version} (SHA-256 {was.Sha256![..ShortDigest]} → {made.Sha256![..ShortDigest]})";
        }
    }

    private static List<ModelVersion> Of(IReadOnlyList<ModelVersion> models, string name) =>
        [.. models.Where(model => model.Name == name)];

    private static bool HasOtherBytes(ModelVersion was, ModelVersion made) =>
        was.Sha256 is { } then && made.Sha256 is { } now && then != now;

    private static string Versions(int count) => count == 1 ? "one version" : $"{count} versions";

    private static string Name(string name) => PlainText.Line(name, LongestName);

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
