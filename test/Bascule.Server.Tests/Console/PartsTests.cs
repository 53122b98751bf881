using System.Globalization;
using AngleSharp.Dom;
using Bascule.Core.People;
using Bascule.Core.Promotions;
using Bascule.Core.Runs;
using Bascule.Server.Console;
using Bascule.Server.Console.Parts;
using Bascule.Server.Runs.Reproducing;
using Microsoft.AspNetCore.Components;
using static Bascule.Testing.Runs.RunBuilder;

namespace Bascule.Server.Tests.Console;

public sealed class PartsTests
{
    private static readonly RunComparison NothingCompared = new(null, null, []);

    [Fact]
    public async Task GiveEveryStateAWordAndAShapeOfItsOwn()
    {
        var shapes = new HashSet<string?>();
        foreach (var state in Enum.GetValues<RunState>())
        {
            var pill = await Rendering.OfAsync<StatePill>(("State", state));
            pill.TextContent.ShouldBe(Show.Word(state));
            shapes.Add(pill.QuerySelector("path")?.GetAttribute("d")).ShouldBeTrue($"{state} looks like another state");
        }
    }

    [Theory]
    [InlineData("https://dbx.example/jobs/1", true)]
    [InlineData("http://localhost:1/x", true)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("data:text/html,x", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("https://dbx.example@evil.example/", false)]
    [Trait("Threat", "T124")]
    public async Task LinkToWebPagesOnly(string address, bool isLinked)
    {
        RenderFragment content = builder => builder.AddContent(0, "884");

        var link = await Rendering.OfAsync<OutsideLink>(
            ("To", new Uri(address)),
            ("Otherwise", true),
            ("ChildContent", content)
        );

        link.TextContent.Trim().ShouldBe("884");
        link.QuerySelectorAll("a").Length.ShouldBe(isLinked ? 1 : 0);
    }

    [Fact]
    public async Task DrawTheTimelineToScale()
    {
        var run = ARun();
        var at = run.CreatedAt;
        var view = ViewOf(run, [new(at, "plan", ""), new(at.AddSeconds(21), "start", "")]);

        var bars = Bars(await Rendering.OfAsync<RunTimeline>(("View", view)));

        bars.ShouldBe([("0", "500"), ("500", "500")]);
    }

    [Theory]
    [InlineData("the clock went back", 30, -5)]
    [InlineData("all at once", 0, 0)]
    [InlineData("after the end", 1, 9999)]
    [Trait("Threat", "T120")]
    public async Task KeepTheTimelineInsideItsFrameWhen(string what, int first, int second)
    {
        var run = ARun();
        var at = run.CreatedAt;
        var view = ViewOf(run, [new(at.AddSeconds(first), "a", ""), new(at.AddSeconds(second), "b", "")]);

        foreach (var (x, width) in Bars(await Rendering.OfAsync<RunTimeline>(("View", view))))
        {
            Number(x).ShouldBeInRange(0, 1000, what);
            (Number(x) + Number(width)).ShouldBeInRange(0, 1000.01, what);
        }
    }

    [Theory]
    [InlineData(0.3, 0.4, MetricGoal.Lower, "▼ 25.0% better", "good")]
    [InlineData(0.5, 0.4, MetricGoal.Lower, "▲ 25.0% worse", "bad")]
    [InlineData(0.5, 0.4, MetricGoal.Higher, "▲ 25.0% better", "good")]
    [InlineData(0.4, 0.4, MetricGoal.Higher, "= 0.0% same", "idle")]
    [InlineData(0.5, 0.4, null, "▲ 25.0%", "idle")]
    [InlineData(0.5, 0.0, MetricGoal.Higher, "▲ 0.5 better", "good")]
    [InlineData(double.NaN, 0.4, MetricGoal.Higher, "", "idle")]
    [InlineData(0.5, null, MetricGoal.Higher, "", "idle")]
    public async Task SayHowAMetricChanged(double value, double? @base, MetricGoal? goal, string words, string tone)
    {
        var metric = new ComparedMetric("rmse", value, @base, goal, @base is { } was ? [was] : []);
        var view = ViewOf(ARun(), []) with { Comparison = new(null, null, [metric]) };

        var change = (await Rendering.OfAsync<RunMetrics>(("View", view))).QuerySelector(".change")!;

        change.TextContent.ShouldBe(words);
        change.ClassList.ShouldContain(tone);
    }

    [Theory]
    [InlineData(new[] { 1.0, 2.0 }, 3, 1)]
    [InlineData(new[] { 2.0, 2.0 }, 2, 1)]
    [InlineData(new[] { double.NaN, double.PositiveInfinity }, 3, 0)]
    [InlineData(new double[0], 3, 0)]
    public async Task DrawAMetricsPast(double[] history, double value, int drawings)
    {
        var metric = new ComparedMetric("rmse", value, history.Length > 0 ? history[^1] : null, null, history);

        var part = await Rendering.OfAsync<MetricHistory>(("Metric", metric));

        part.QuerySelectorAll("svg").Length.ShouldBe(drawings);
        part.InnerHtml.ShouldNotContain("NaN");
    }

    [Theory]
    [InlineData(null, "Reproduction", "")]
    [InlineData("", "Reproduced: the same outcome as that", "good")]
    [InlineData("rmse 0.31 → 0.33", "Differs from the outcome", "bad")]
    public async Task SayWhatCameOfAReproduction(string? difference, string title, string tone)
    {
        IReadOnlyList<string>? differences = difference is null
            ? null
            : [.. difference.Split('\n').Where(line => line.Length > 0)];
        var run = ARun() with { Reproduces = new RunId("0123456789"), Differences = differences, Unpinned = ["<b>"] };

        var part = await Rendering.OfAsync<RunReproduction>(("Run", run), ("Original", run.Reproduces!.Value));

        var notice = part.QuerySelector(".notice")!;
        notice.QuerySelector("b")!.TextContent.ShouldBe(title);
        notice.ClassList.Contains("good").ShouldBe(tone == "good");
        notice.ClassList.Contains("bad").ShouldBe(tone == "bad");
        notice.QuerySelector("a")!.GetAttribute("href").ShouldBe("runs/0123456789");
        notice.QuerySelectorAll("li").Select(line => line.TextContent).ShouldBe([.. differences ?? [], "<b>"]);
    }

    [Theory]
    [InlineData(
        "7",
        false,
        "Promotion promotes version 7 of churn to production, which run 0123456789 produced; asked for by operator: <b>"
    )]
    [InlineData(
        "7",
        true,
        "Rollback takes production of churn back to version 7, which run 0123456789 produced; asked for by operator: <b>"
    )]
    [InlineData(null, true, "Rollback takes production away from churn; asked for by operator: <b>")]
    public async Task SayWhatARunPromotes(string? version, bool goesBack, string words)
    {
        var order = new PromotionOrder("churn", version, "production", 1, "operator")
        {
            Producer = version is null ? null : new RunId("0123456789"),
            Because = "<b>",
        };
        var run = ARun() with { Promotes = order, RollsBack = goesBack ? [new RunId("9876543210")] : [] };

        var part = await Rendering.OfAsync<RunPromotion>(("Run", run), ("Order", order));

        Words(part).ShouldBe(words);
        part.QuerySelectorAll("a")
            .Select(link => link.GetAttribute("href"))
            .ShouldBe(version is null ? [] : ["runs/0123456789"]);
    }

    [Theory]
    [InlineData("7", false, "churn v7 to production")]
    [InlineData("7", true, "churn v7 production again")]
    [InlineData(null, true, "churn off production")]
    public async Task ListWhatARunPromotesAmongTheModels(string? version, bool goesBack, string words)
    {
        var order = new PromotionOrder("main.ml.churn", version, "production", 1, "operator");
        var run = ARun() with { Promotes = order, RollsBack = goesBack ? [new RunId("9876543210")] : [] };

        var part = await Rendering.OfAsync<RunTable>(
            ("View", new RunsView(new RunQuery(), [new RunRow(run, [])], [], null, Noon))
        );

        Words(part.QuerySelector("td.c-model")!).ShouldBe(words);
    }

    [Theory]
    [InlineData(true, "main.churn.classifier", 1, 1)]
    [InlineData(true, null, 1, 0)]
    [InlineData(false, "main.churn.classifier", 0, 0)]
    public async Task OfferToReproduceWithWhatItLeavesOpenAndRegisters(
        bool isAllowed,
        string? model,
        int forms,
        int boxes
    )
    {
        var decision = new RoleDecision(isAllowed, Act.RetryRun, "roles[0]", "");
        var view = ViewOf(ARun(), []) with
        {
            Acts = new RunActs(decision, decision, decision, decision),
            Reproducible = new Reproducible(["serverless compute"], model),
        };
        var shell = new Shell("/", "runs/1", Theme.Auto, new ConsoleAssets()) { Seal = "s" };

        var part = await Rendering.OfAsync<RunActions>(("Shell", shell), ("View", view));

        var form = part.QuerySelectorAll("form[action$='/reproduce']");
        form.Length.ShouldBe(forms);
        form.SelectMany(one => one.QuerySelectorAll("li")).Count().ShouldBe(forms);
        form.SelectMany(one => one.QuerySelectorAll("input[name=register][required]")).Count().ShouldBe(boxes);
    }

    [Fact]
    public async Task TellWaitingFromRunning()
    {
        var run = ARun() with { StartedAt = Noon.AddSeconds(10), FinishedAt = Noon.AddSeconds(40) };

        var phases = await Rendering.OfAsync<RunPhases>(("Run", run), ("Now", Noon));

        phases.QuerySelectorAll("b").Select(part => part.TextContent).ShouldBe(["10 s", "30 s"]);
        phases.QuerySelector(".idle rect")!.GetAttribute("width").ShouldBe("250");
    }

    [Theory]
    [InlineData(0.04, "0.0 s")]
    [InlineData(9.94, "9.9 s")]
    [InlineData(59.9, "59 s")]
    [InlineData(61, "1:01 min")]
    [InlineData(3723, "1:02 h")]
    [InlineData(200_000, "2 days")]
    [InlineData(-1, "0 s")]
    public void WriteHowLongItTook(double seconds, string words) =>
        Show.Took(TimeSpan.FromSeconds(seconds)).ShouldBe(words);

    [Theory]
    [InlineData(47, "47")]
    [InlineData(0.38712345, "0.38712")]
    [InlineData(1.5e-7, "1.5E-07")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    public void WriteNumbersShort(double value, string words) => Show.Number(value).ShouldBe(words);

    private static RunView ViewOf(Run run, IReadOnlyList<TimelineEntry> timeline) =>
        new(run, timeline, NothingCompared, [], null, run.CreatedAt.AddSeconds(60));

    private static string Words(IElement part) =>
        string.Join(' ', part.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static List<(string X, string Width)> Bars(IElement part) =>
        [.. part.QuerySelectorAll("svg > rect").Select(bar => (bar.GetAttribute("x")!, bar.GetAttribute("width")!))];
}
