using System.Text;
using Bascule.Core.Reconcile;

namespace Bascule.Server.Telemetry;

/// <summary>Ref moves as they stand in the database. No instrument of the process keeps them: they outlive it, and every replica tells the same.</summary>
internal static class RefMovesText
{
    private const string Moves = "bascule_ref_moves_total";
    private const string Late = "bascule_ref_move_lateness_seconds";

    public static string Write(IEnumerable<(string Forge, ForgeGap Gap)> gaps)
    {
        var seen = gaps.SelectMany(gap =>
                new[]
                {
                    (Labels: LabelsOf(gap.Forge, "hook"), Moves: gap.Gap.ByHook),
                    (Labels: LabelsOf(gap.Forge, "reconciler"), Moves: gap.Gap.ByReconciler),
                }
            )
            .ToList();
        var text = new StringBuilder();
        PrometheusText.Head(text, Moves, "Ref moves that were seen, by forge and by what told of them.", "counter");
        foreach (var (labels, moves) in seen)
            PrometheusText.Line(text, Moves, labels, moves.Count);
        PrometheusText.Head(text, Late, "How late ref moves were seen.", "histogram");
        foreach (var (labels, moves) in seen)
        {
            var buckets = SeenMoves.Bounds.Zip(moves.Within).Append((double.PositiveInfinity, moves.Count));
            PrometheusText.Histogram(text, Late, labels, buckets, moves.TotalLate.TotalSeconds);
        }
        return text.ToString();
    }

    private static string LabelsOf(string forge, string by) =>
        PrometheusText.Labels([new("by", by), new("forge", forge)]);
}
