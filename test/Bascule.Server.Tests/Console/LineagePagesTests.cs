using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Bascule.Core.Lineage;
using Bascule.Core.Runs;
using Bascule.Server.Console;
using Bascule.Server.Console.Parts;
using Bascule.Server.Tests.Lineage;
using static Bascule.Testing.Runs.RunBuilder;

namespace Bascule.Server.Tests.Console;

public sealed class LineagePagesTests : OnLocalServer
{
    [Fact]
    public async Task DrawsTheStoryAndTellsTheSameInATable()
    {
        var run = SampleLineage.Fill(Server);

        var page = await ReadAsync($"/lineage?of={run.Id}");

        var drawn = page.QuerySelectorAll(".graph .node").Length;
        drawn.ShouldBe(page.QuerySelectorAll(".lineage tbody tr").Length);
        drawn.ShouldBe(10);
        page.QuerySelector(".lineage")!.TextContent.ShouldContain("ran as run");
        page.QuerySelector("h1")!.TextContent.ShouldContain(run.Id.Text);
    }

    [Fact]
    public async Task WhatIsCutInTheDrawingStandsWholeInItsTitleAndLabel()
    {
        SampleLineage.Fill(Server);

        var page = await ReadAsync($"/lineage?of={SampleLineage.Model}%407");

        var asked = page.QuerySelector(".graph .asked")!;
        asked.QuerySelector("text.title")!.TextContent.ShouldStartWith("…");
        asked.QuerySelector("title")!.TextContent.ShouldContain(SampleLineage.Model);
        asked.QuerySelector("[aria-label]")!.GetAttribute("aria-label")!.ShouldContain(SampleLineage.Model);
        var room = Number(asked.QuerySelector("rect.box")!.GetAttribute("width")!) - 20;
        page.QuerySelectorAll(".graph text.title, .graph text.detail")
            .ShouldAllBe(text => text.TextContent.Length * 6.2 < room);
    }

    [Fact]
    public async Task LeadsFromRunToLineageAndOnToModelAndCommit()
    {
        var run = SampleLineage.Fill(Server);
        var links = (await ReadAsync($"/runs/{run.Id}"))
            .QuerySelectorAll("main a[href^='lineage']")
            .Select(Href)
            .ToList();

        links.Count.ShouldBe(3, "commit, run and model");
        foreach (var link in links)
        {
            var page = await ReadAsync("/" + link);
            page.QuerySelector(".graph .asked").ShouldNotBeNull(link);
            page.QuerySelectorAll(".graph a[href^='lineage']").ShouldNotBeEmpty(link);
        }
    }

    [Fact]
    [Trait("Threat", "T134")]
    public async Task MarksWhatIsOnlyObserved()
    {
        var run = SampleLineage.Fill(Server);
        Server.Lineage.Observed.Add(SampleLineage.AnObserved(run.Commit));

        var page = await ReadAsync($"/lineage?of={run.Commit}");

        page.QuerySelectorAll(".graph .node.observed").Length.ShouldBe(2);
        page.QuerySelectorAll(".lineage .state").Count(word => word.TextContent == "observed").ShouldBe(2);
    }

    [Theory]
    [InlineData("/lineage", HttpStatusCode.OK, "main.churn.classifier@7")]
    [InlineData("/lineage?of=", HttpStatusCode.OK, "Write into the box")]
    [InlineData("/lineage?of=abcdef0", HttpStatusCode.NotFound, "bascule run list")]
    [InlineData("/lineage?of=%3Cscript%3E", HttpStatusCode.BadRequest, "<script>")]
    [InlineData("/environments", HttpStatusCode.OK, "A push to a branch")]
    public async Task SaysWhatToDoWhereThereIsNothingToShow(string path, HttpStatusCode status, string words)
    {
        using var answer = await Http.GetAsync(path);

        answer.StatusCode.ShouldBe(status);
        var page = new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync());
        page.QuerySelector(".empty")!.TextContent.ShouldContain(words);
        page.QuerySelectorAll("script").ShouldHaveSingleItem();
        page.QuerySelector("form.search input[name=of]").ShouldNotBeNull();
    }

    [Fact]
    public async Task SaysWhatRunsWhereWithWhoAndWhoApproved()
    {
        var run = SampleLineage.Fill(Server);
        Server.Runs.Add(ARun(RunState.Failed, 9));

        var row = (await ReadAsync("/environments")).QuerySelectorAll(".deployed tbody tr").ShouldHaveSingleItem();

        Cell(row, "c-commit").ShouldContain(run.Commit.Short);
        Cell(row, "c-by").ShouldContain("ana");
        Cell(row, "c-by").ShouldContain("proven");
        Cell(row, "c-approved").ShouldContain("p-ines");
        Cell(row, "c-model").ShouldContain("version 7");
        row.QuerySelectorAll("a").Select(Href).ShouldContain($"runs/{run.Id}");
        row.QuerySelectorAll("a").Select(Href).ShouldContain($"lineage?of={run.Commit}");
    }

    [Fact]
    [Trait("Threat", "T113")]
    [Trait("Threat", "T124")]
    public async Task HostileTextStaysText()
    {
        const string Hostile = "</text><script>alert(1)</script>\u202e";
        var run = SampleLineage.Fill(Server);
        Server.Runs.Replace(run with { Workflow = Hostile, CommitSubject = Hostile });
        Server.Lineage.Observed.Add(
            SampleLineage.AnObserved(run.Commit) with
            {
                Name = Hostile,
                Page = new Uri("javascript:alert(1)"),
            }
        );

        var page = await ReadAsync($"/lineage?of={run.Commit}");

        page.QuerySelectorAll("script").ShouldHaveSingleItem();
        page.QuerySelectorAll("[href^='javascript']").ShouldBeEmpty();
        page.QuerySelectorAll("style, [style]").ShouldBeEmpty();
        page.Body!.TextContent.ShouldNotContain('\u202e');
    }

    [Fact]
    public void NoBoxLiesOnAnother()
    {
        var layout = LineageLayout.Of(AGraph(runs: 12));

        foreach (var column in layout.Boxes.GroupBy(box => box.X))
            column
                .Select(box => box.Y)
                .Order()
                .Zip(column.Select(box => box.Y).Order().Skip(1))
                .ShouldAllBe(pair => pair.Second - pair.First >= LineageLayout.BoxHeight);
        layout.Boxes.ShouldAllBe(box =>
            box.X >= 0
            && box.Y >= 0
            && box.X + layout.BoxWidth <= layout.TotalWidth
            && box.Y + LineageLayout.BoxHeight <= layout.TotalHeight
        );
    }

    [Fact]
    public void WhatCameFirstStandsLeft()
    {
        var graph = AGraph(runs: 3);
        var layout = LineageLayout.Of(graph);

        var left = layout.Boxes.ToDictionary(box => box.Node.Id, box => box.X);
        graph.Edges.ShouldAllBe(edge => left[edge.From] < left[edge.To]);
        layout.Boxes.Min(box => box.X).ShouldBeLessThan(10, "layers that hold nothing take no room");
    }

    [Fact]
    public async Task AGraphOfOneNodeIsDrawnToo()
    {
        var node = Node("commit:1", LineageKind.Commit);

        var drawing = await Rendering.OfAsync<LineageDrawing>(("Graph", new LineageGraph([node.Id], [node], [], [])));

        drawing.QuerySelectorAll(".node").ShouldHaveSingleItem();
    }

    private static LineageGraph AGraph(int runs)
    {
        var commit = Node("commit:1", LineageKind.Commit);
        var all = Enumerable.Range(0, runs).Select(i => Node($"run:{i}", LineageKind.Run)).ToList();
        var model = Node("model:1", LineageKind.Product);
        return new LineageGraph(
            [commit.Id],
            [commit, .. all, model],
            [
                .. all.Select(run => new LineageEdge(commit.Id, run.Id, "ran as", "ran")),
                new LineageEdge(all[0].Id, model.Id, "registered", "registered by"),
            ],
            []
        );
    }

    private static LineageNode Node(string id, LineageKind kind) =>
        new(id, kind)
        {
            Noun = "thing",
            Title = id,
            KnownFrom = "a test",
            Assurance = LineageAssurance.Proven,
        };

    private static string Cell(IElement row, string name) => row.QuerySelector($".{name}")!.TextContent;

    private static string Href(IElement link) => link.GetAttribute("href")!;

    private static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
