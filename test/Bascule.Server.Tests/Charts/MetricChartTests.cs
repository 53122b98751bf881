using System.Xml.Linq;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Server.Charts;
using static Bascule.Testing.Runs.RunBuilder;

namespace Bascule.Server.Tests.Charts;

public sealed class MetricChartTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void AMetricIsDrawnWithItsPastItsBaseAndWhatIsPromoted()
    {
        var drawing = Draw(new ComparedMetric("rmse", 0.3, 0.4, MetricGoal.Lower, [0.5, 0.4]) { Promoted = 0.2 });

        var points = drawing.Descendants(Svg + "polyline").ShouldHaveSingleItem().Attribute("points")!.Value;
        points.Split(' ').Length.ShouldBe(3);
        drawing.Descendants(Svg + "path").Count().ShouldBe(2);
        Texts(drawing)
            .ShouldBe([
                "churn",
                "line: successes before, then this run · dashed: main · dotted: production, version 7",
                "rmse",
                "before 0.4 (better) · promoted 0.2 (worse)",
                "0.3",
            ]);
    }

    /// <summary>What is promoted lies within the drawing, however far it is from the branch.</summary>
    [Theory]
    [InlineData(1000)]
    [InlineData(-1000)]
    [InlineData(double.MaxValue)]
    public void EveryLineLiesWithinTheDrawing(double promoted)
    {
        var metric = new ComparedMetric("m", 1, 2, Goal: null, [2, double.MinValue]) { Promoted = promoted };
        var curve = new MetricCurve(metric, Width: 100, Height: 40, Margin: 4);

        foreach (var value in new[] { 1, 2, double.MinValue, promoted })
            Coordinate(curve.Y(value)).ShouldBeInRange(4, 36);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void WhatIsNoNumberIsWrittenAndNotDrawn(double value)
    {
        var drawing = Draw(new ComparedMetric("rmse", value, Base: null, Goal: null, []));

        drawing.Descendants(Svg + "polyline").ShouldBeEmpty();
        drawing.Descendants(Svg + "circle").ShouldBeEmpty();
        Texts(drawing).ShouldContain("rmse");
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public void WhatIsNoNumberOfItsBaseOfWhatIsPromotedOrOfTheRunIsLeftOutOfTheCurve(double value)
    {
        var besides = Draw(new ComparedMetric("rmse", 1, value, Goal: null, [2]) { Promoted = value });
        var alone = Draw(new ComparedMetric("rmse", 1, Base: null, Goal: null, [2]));
        var run = Draw(new ComparedMetric("rmse", value, 2, Goal: null, [2, 3]));

        Points(besides).ShouldBe(Points(alone));
        besides.Descendants(Svg + "path").ShouldBeEmpty();
        run.Descendants(Svg + "polyline").Count().ShouldBe(1);
        run.Descendants(Svg + "circle").ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T124")]
    public void WhatOthersNamedStaysText()
    {
        const string hostile = "</text><script>alert(1)</script>\u202e\u0000 & \"";

        var drawing = Draw(new ComparedMetric(hostile, 1, Base: null, Goal: null, []));

        drawing.Descendants().Select(element => element.Name.LocalName).ShouldNotContain("script");
        Texts(drawing).ShouldContain(text => text.StartsWith("</text><script>", StringComparison.Ordinal));
        drawing.ToString().ShouldNotContain('\u202e');
    }

    [Fact]
    [Trait("Threat", "T123")]
    public void OfManyMetricsTwentyAreDrawn() =>
        Draw([.. Enumerable.Range(0, 1000).Select(number => new ComparedMetric($"m{number}", 1, 2, null, [2]))])
            .Descendants(Svg + "polyline")
            .Count()
            .ShouldBe(20);

    [Fact]
    [Trait("Threat", "T124")]
    public void ALongVersionIsCut() =>
        Texts(Draw("7".PadRight(400, 'x'), new ComparedMetric("m", 1, 2, null, [2])))
            .ShouldAllBe(text => text.Length < 100);

    private static XElement Draw(params ComparedMetric[] metrics) => Draw("7", metrics);

    private static XElement Draw(string promoted, params ComparedMetric[] metrics)
    {
        var comparison = new RunComparison(ARun(), RefName.Parse("refs/heads/main"), metrics)
        {
            Promoted = new PromotedVersion("prod.churn", promoted, "production", "ml-prod", ARun()),
        };
        return XElement.Parse(MetricChart.Draw("churn", comparison));
    }

    private static IEnumerable<string> Texts(XElement drawing) =>
        drawing.Descendants(Svg + "text").Select(text => text.Value);

    private static string? Points(XElement drawing) =>
        drawing.Descendants(Svg + "polyline").ShouldHaveSingleItem().Attribute("points")?.Value;

    private static double Coordinate(string text) =>
        double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
