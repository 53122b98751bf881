using System.Globalization;
using Bascule.Core.Runs;

namespace Bascule.Server.Charts;

/// <summary>Where a metric's values lie in a drawing: those of the successes before, then that of the run.</summary>
/// <param name="Width">In the drawing's units, as <paramref name="Height"/> and <paramref name="Margin"/>.</param>
/// <param name="Margin">Kept free on each side.</param>
internal sealed record MetricCurve(ComparedMetric Metric, int Width, int Height, int Margin)
{
    /// <summary>Those that can be drawn.</summary>
    public IReadOnlyList<double> Values { get; } = [.. Metric.History.Append(Metric.Value).Where(double.IsFinite)];

    /// <summary>The points of a polyline.</summary>
    public string Line => string.Join(' ', Values.Select((value, index) => $"{X(index)},{Y(value)}"));

    /// <summary>One value stands at the right end: it is this run's.</summary>
    public string X(int index) =>
        Coordinate(Margin + (Values.Count > 1 ? (double)index / (Values.Count - 1) : 1) * (Width - 2 * Margin));

    /// <summary>The lowest value drawn is at the bottom, whether higher or lower is better.</summary>
    public string Y(double value)
    {
        var drawn = Values.Concat(Lines).ToList();
        // Halves: the distance between two numbers may be more than the greatest number.
        var (low, high) = (drawn.Min() / 2, drawn.Max() / 2);
        var part = high > low ? (value / 2 - low) / (high - low) : 0.5;
        return Coordinate(Height - Margin - part * (Height - 2 * Margin));
    }

    private IEnumerable<double> Lines => new[] { Metric.Base, Metric.Promoted }.OfType<double>().Where(double.IsFinite);

    private static string Coordinate(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
