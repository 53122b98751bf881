using Bascule.Core.Reconcile;
using Bascule.Server.Telemetry;

namespace Bascule.Server.Tests.Telemetry;

public sealed class RefMovesTextTests
{
    [Fact]
    public void MovesAreToldByForgeAndByWhatToldOfThem()
    {
        var families = PrometheusReader.Read(RefMovesText.Write([("git", Gap(hook: 40, reconciler: 2))]));

        var samples = families["bascule_ref_moves_total"].Samples;
        samples
            .ToDictionary(sample => sample.Labels["by"], sample => sample.Value)
            .ShouldBe(new Dictionary<string, double> { ["hook"] = 40, ["reconciler"] = 2 }, ignoreOrder: true);
        samples.ShouldAllBe(sample => sample.Labels["forge"] == "git");
    }

    [Fact]
    public void LatenessIsAHistogramThatCountsEveryMove()
    {
        var families = PrometheusReader.Read(RefMovesText.Write([("git", Gap(hook: 40, reconciler: 2))]));

        var hook = families["bascule_ref_move_lateness_seconds"]
            .Samples.Where(one => one.Labels["by"] == "hook")
            .ToList();
        var buckets = hook.Where(one => one.Name.EndsWith("_bucket", StringComparison.Ordinal)).ToList();
        buckets.Count.ShouldBe(SeenMoves.Bounds.Count + 1);
        buckets.Single(one => one.Labels["le"] == "30").Value.ShouldBe(39);
        buckets[^1].Value.ShouldBe(40);
        hook.Single(one => one.Name.EndsWith("_sum", StringComparison.Ordinal)).Value.ShouldBe(90);
    }

    [Fact]
    public void WithoutAForgeTheFamiliesAreEmpty() =>
        PrometheusReader.Read(RefMovesText.Write([])).Values.ShouldAllBe(family => family.Samples.Count == 0);

    private static ForgeGap Gap(long hook, long reconciler) =>
        new()
        {
            ForgeUid = "f-1",
            ByHook = Moves(hook),
            ByReconciler = Moves(reconciler),
            Rewritten = 0,
            Repositories = 1,
            NeverCompared = 0,
            Unanswered = 0,
            WithUnhandledPullRequests = 0,
            Waiting = 0,
        };

    /// <summary>All but one within the first bound, that one beyond the last.</summary>
    private static SeenMoves Moves(long count) =>
        new()
        {
            Count = count,
            Within = [.. SeenMoves.Bounds.Select(_ => count - 1)],
            TotalLate = TimeSpan.FromSeconds(90),
        };
}
