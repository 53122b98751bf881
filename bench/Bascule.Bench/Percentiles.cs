namespace Bascule.Bench;

/// <summary>Percentiles by nearest rank.</summary>
internal static class Percentiles
{
    public static double Of(IEnumerable<double> samples, double percent)
    {
        var sorted = samples.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted[(int)Math.Ceiling(percent / 100 * sorted.Length) - 1];
    }
}
