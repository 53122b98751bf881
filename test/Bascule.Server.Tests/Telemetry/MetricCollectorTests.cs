using System.Diagnostics.Metrics;
using Bascule.Server.Telemetry;

namespace Bascule.Server.Tests.Telemetry;

public sealed class MetricCollectorTests : IDisposable
{
    private const int MaxSeries = 3;
    private readonly Meter _meter = new("Bascule");
    private readonly MetricCollector _collector;

    public MetricCollectorTests() => _collector = new MetricCollector(_meter, MaxSeries);

    public void Dispose()
    {
        _collector.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void AddsUpCountersByTheirLabelsInAnyOrder()
    {
        var counter = _meter.CreateCounter<long>("bascule.things", description: "Things.");
        counter.Add(2, new("b", "y"), new KeyValuePair<string, object?>("a", "x"));
        counter.Add(3, new("a", "x"), new KeyValuePair<string, object?>("b", "y"));

        var family = Read()["bascule_things_total"];

        family.Type.ShouldBe("counter");
        family.Samples.ShouldHaveSingleItem().Value.ShouldBe(5);
    }

    [Fact]
    public void UpDownCountersGoDownAgainAndAreGauges()
    {
        var running = _meter.CreateUpDownCounter<long>("bascule.running", description: "Running.");
        running.Add(3);
        running.Add(-2);

        var family = Read()["bascule_running"];

        family.Type.ShouldBe("gauge");
        family.Samples.ShouldHaveSingleItem().Value.ShouldBe(1);
    }

    [Fact]
    public void AHistogramPutsAValueIntoEveryBucketThatItFits()
    {
        var advice = new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1, 10] };
        var histogram = _meter.CreateHistogram("bascule.took", "s", "How long.", [], advice);
        foreach (var value in (double[])[0.1, 0.5, 10, 11])
            histogram.Record(value, new KeyValuePair<string, object?>("kind", "a"));

        var family = Read()["bascule_took_seconds"];

        family.Samples.Select(sample => sample.Value).ShouldBe([1, 2, 3, 4, 21.6, 4]);
        family.Samples[^1].Labels["kind"].ShouldBe("a");
    }

    [Fact]
    public void WhatIsObservedNoMoreIsShownNoMore()
    {
        double? value = 7;
        _meter.CreateObservableGauge(
            "bascule.depth",
            () => value is { } seen ? [new Measurement<double>(seen)] : Array.Empty<Measurement<double>>(),
            description: "Depth."
        );

        Read()["bascule_depth"].Samples.ShouldHaveSingleItem().Value.ShouldBe(7);
        value = null;
        Read()["bascule_depth"].Samples.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("a\"b")]
    [InlineData("a\\")]
    [InlineData("a\nbascule_forged_total 1")]
    [InlineData("a\\\"} 1\n")]
    [InlineData("snow ☃ 😀")]
    [InlineData("")]
    public void AnyLabelValueComesBackAsItWas(string value)
    {
        var counter = _meter.CreateCounter<long>("bascule.things", description: "Back\\slash and\nline.");
        counter.Add(1, new KeyValuePair<string, object?>("name", value));

        var families = Read();

        families["bascule_things_total"].Samples.ShouldHaveSingleItem().Labels["name"].ShouldBe(value);
        families.Keys.ShouldNotContain("bascule_forged_total");
    }

    [Fact]
    public void SeriesAreLimitedAndWhatIsDroppedIsCounted()
    {
        var counter = _meter.CreateCounter<long>("bascule.things", description: "Things.");
        for (var i = 0; i < MaxSeries + 2; i++)
            counter.Add(1, new KeyValuePair<string, object?>("id", i));
        counter.Add(1, new KeyValuePair<string, object?>("id", 0));

        var families = Read();

        families["bascule_things_total"].Samples.Count.ShouldBe(MaxSeries);
        families["bascule_things_total"].Samples[0].Value.ShouldBe(2);
        var dropped = families["bascule_metrics_dropped_total"].Samples.ShouldHaveSingleItem();
        (dropped.Labels["metric"], dropped.Value).ShouldBe(("bascule_things_total", 2));
    }

    [Fact]
    public void AnotherMeterOfTheSameNameIsNotMixedIn()
    {
        using var other = new Meter("Bascule");
        other.CreateCounter<long>("bascule.others", description: "Others.").Add(1);

        Read().Keys.ShouldNotContain("bascule_others_total");
    }

    private IReadOnlyDictionary<string, Family> Read() => PrometheusReader.Read(_collector.Collect());
}
