using Bascule.Core.Runs;

namespace Bascule.Core.Tests.Runs;

public sealed class ReproducedOutcomeTests
{
    private static readonly string One = new('1', 64);
    private static readonly string Two = new('2', 64);

    [Theory]
    [InlineData(0.31, 0.31, 0, true)]
    [InlineData(0.31, 0.33, 0, false)]
    [InlineData(0.31, 0.33, 0.05, true)]
    [InlineData(0.31, 0.29, 0.05, true)]
    [InlineData(0.31, 0.25, 0.05, false)]
    [InlineData(double.NaN, double.NaN, 0, true)]
    [InlineData(double.NaN, 0.31, 0.05, false)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity, 0, true)]
    [InlineData(double.PositiveInfinity, double.NegativeInfinity, 0.05, false)]
    public void AMetricIsTheSameWithinItsTolerance(double was, double now, double tolerance, bool isSame)
    {
        var rules = new Dictionary<string, MetricRule> { ["rmse"] = new(MetricGoal.Lower, tolerance) };

        var found = ReproducedOutcome.Compare(Of(new Metric("rmse", was)), Of(new Metric("rmse", now)), rules);

        (found.Count == 0).ShouldBe(isSame);
    }

    [Fact]
    public void EveryDifferenceIsNamedWithBothValues()
    {
        var was = Of(new Metric("rmse", 0.31), new Metric("auc", 0.9));
        var now = Of(new Metric("rmse", 0.33), new Metric("mape", 2)) with { State = RunState.Failed };

        Compare(was, now)
            .ShouldBe([
                "the original succeeded, this one failed",
                "rmse 0.31 → 0.33",
                "auc was 0.9, and was not logged now",
                "mape is 2, and was not logged then",
            ]);
    }

    [Fact]
    public void AModelsVersionIsAnotherOneByNatureAndItsBytesAreNot()
    {
        Compare(Of(Model("1", One)), Of(Model("2", One))).ShouldBeEmpty();
        Compare(Of(Model("1", One)), Of(Model("2", sha256: null))).ShouldBeEmpty();
        Compare(Of(Model("1", One)), Of(Model("2", Two)))
            .ShouldBe(["model churn: version 2 has other bytes than version 1 (SHA-256 111111111111 → 222222222222)"]);
        Compare(Of(Model("1", One)), Of()).ShouldBe(["model churn: one version then, 0 versions now"]);
        Compare(Of(), Of(Model("1", One))).ShouldBe(["model churn: 0 versions then, one version now"]);
    }

    [Fact]
    public void OfManyDifferencesTheFirstAreToldAndTheRestCounted()
    {
        var many = Of([.. Enumerable.Range(0, 80).Select(at => new Metric($"m{at}", at))]);

        var found = Compare(many, Of());

        (found.Count, found[^1]).ShouldBe((51, "and 30 more"));
    }

    [Fact]
    public void WhatOthersWroteStaysOneLine() =>
        Compare(Of(new Metric("a\nb\u001b[31m", 1)), Of()).ShouldHaveSingleItem().ShouldNotContain('\n');

    private static IReadOnlyList<string> Compare(RunOutcome was, RunOutcome now) =>
        ReproducedOutcome.Compare(was, now, new Dictionary<string, MetricRule>());

    private static RunOutcome Of(params Metric[] metrics) => new(RunState.Succeeded, metrics, []);

    private static RunOutcome Of(ModelVersion model) => new(RunState.Succeeded, [], [model]);

    private static ModelVersion Model(string version, string? sha256) =>
        new("churn", version, null) { Sha256 = sha256 };
}
