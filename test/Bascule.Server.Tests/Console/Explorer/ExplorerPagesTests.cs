using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Bascule.Core.Audit;
using Bascule.Core.Identity;
using Bascule.Core.People;
using Bascule.Core.Work;
using Bascule.Server.Console.Explorer;

namespace Bascule.Server.Tests.Console.Explorer;

public sealed class ExplorerPagesTests(ExplorerStage stage) : IClassFixture<ExplorerStage>
{
    private const string Hostile = "</pre><script>alert(1)</script><img src=x onerror=alert(1)>\u202eb\u0007";

    [Fact]
    public async Task ListsTheNewestFirstInWords()
    {
        var index = await stage.WriteAsync(ExplorerStage.AnEntry("aaaaaaaaaa"));

        var rows = (await ReadAsync("/audit/entries?type=run.asked")).QuerySelectorAll(".entries tbody tr");

        rows[0].QuerySelector(".row-link")!.GetAttribute("href").ShouldBe($"audit/entries/{index}");
        rows[0].QuerySelector(".c-entry")!.TextContent.ShouldContain("Run asked");
        rows[0].QuerySelector(".c-who")!.TextContent.ShouldContain("operator");
        rows[0].QuerySelector(".c-links a")!.GetAttribute("href").ShouldStartWith("audit/story?");
    }

    [Theory]
    [InlineData("?run=bbbbbbbbbb", 2)]
    [InlineData("?link=run&of=bbbbbbbbbb&type=&actor=&since=&until=", 2)]
    [InlineData("?link=run&of=bbbbbbbbbb&type=run.proven", 0)]
    [InlineData("?run=bbbbbbbbbb&actor=operator", 2)]
    [InlineData("?run=bbbbbbbbbb&until=2020-01-01", 0)]
    public async Task FindsWhatTheFormAndTheAddressAskFor(string query, int found)
    {
        if ((await ReadAsync("/audit/entries?run=bbbbbbbbbb")).QuerySelector("tbody tr") is null)
        {
            await stage.WriteAsync(ExplorerStage.AnEntry("bbbbbbbbbb"));
            await stage.WriteAsync(ExplorerStage.AnEntry("bbbbbbbbbb"));
        }

        (await ReadAsync($"/audit/entries{query}")).QuerySelectorAll("tbody tr").Length.ShouldBe(found);
    }

    [Fact]
    public async Task LeadsOnToOlderEntries()
    {
        await stage.WriteAsync(ExplorerStage.AnEntry("cccccccccc"));
        await stage.WriteAsync(ExplorerStage.AnEntry("cccccccccc"));
        var first = await ReadAsync("/audit/entries?run=cccccccccc&limit=1");
        var onward = first.QuerySelector(".pages a")!.GetAttribute("href")!;

        var second = await ReadAsync($"/{onward}");

        First(second).ShouldNotBe(First(first));
        second.QuerySelector(".pages").ShouldBeNull();
        second.QuerySelector("#of")!.GetAttribute("value").ShouldBe("cccccccccc");
    }

    [Theory]
    [InlineData("/audit/entries?since=yesterday", HttpStatusCode.BadRequest)]
    [InlineData("/audit/entries?run=a&run=b", HttpStatusCode.BadRequest)]
    [InlineData("/audit/story", HttpStatusCode.BadRequest)]
    [InlineData("/audit/story?run=a&push=b", HttpStatusCode.BadRequest)]
    [InlineData("/audit/entries/999999999", HttpStatusCode.NotFound)]
    [InlineData("/audit/entries/-1", HttpStatusCode.NotFound)]
    [InlineData("/audit/entries/%3Cscript%3E", HttpStatusCode.NotFound)]
    [InlineData("/audit/entries/999999999/bytes", HttpStatusCode.NotFound)]
    public async Task HasAPageForWhatMakesNoSense(string path, HttpStatusCode status)
    {
        using var answer = await stage.Http.GetAsync(new Uri(path, UriKind.Relative));

        answer.StatusCode.ShouldBe(status);
        new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync()).QuerySelector("h1").ShouldNotBeNull();
    }

    [Fact]
    public async Task TellsTheStoryOfARunWithItsDeliveryAndWithoutOtherRuns()
    {
        await WriteAsync("delivery.accepted", ("delivery", "d-1"));
        await WriteAsync("ref.moved", ("delivery", "d-1"), ("push", "g-1"));
        await WriteAsync("run.decided", ("delivery", "d-1"), ("run", "dddddddddd"));
        await WriteAsync("run.decided", ("delivery", "d-1"), ("run", "eeeeeeeeee"));
        await WriteAsync("push.decided", ("push", "g-1"));
        await WriteAsync("call.begun", ("run", "dddddddddd"), ("call", "c-1"));

        string[] whole = ["delivery.accepted", "ref.moved", "run.decided", "push.decided", "call.begun"];
        (await StoryAsync("run=dddddddddd")).ShouldBe(whole);
        (await StoryAsync("delivery=d-1")).Count(type => type == "run.decided").ShouldBe(2);
        (await StoryAsync("call=c-1")).ShouldContain("delivery.accepted");
        (await StoryAsync("run=ffffffffff")).ShouldBeEmpty();
    }

    [Fact]
    public async Task ShowsAnEntryWithItsExactBytesAndWhatToRunWithoutScript()
    {
        var index = await stage.WriteAsync(ExplorerStage.AnEntry());
        var bytes = await stage.Http.GetByteArrayAsync(new Uri($"/audit/entries/{index}/bytes", UriKind.Relative));

        var page = await ReadAsync($"/audit/entries/{index}");

        page.QuerySelector("[data-bytes]")!.TextContent.ShouldBe(Encoding.ASCII.GetString(bytes));
        var record = (await stage.Get<IAuditLog>().ReadAsync(index, 1, default)).Single();
        bytes.ShouldBe(record.Entry.ToArray());
        page.QuerySelector(".proof")!.TextContent.ShouldContain($"bascule audit prove {index}");
        page.QuerySelector("[data-verdict]")!.TextContent.ShouldContain("Nothing is checked yet");
        page.QuerySelectorAll(".good").ShouldBeEmpty("nothing is good before it was computed");
        page.QuerySelector("a[href^='runs/']")!.GetAttribute("href").ShouldBe($"runs/{ExplorerStage.Run}");
    }

    [Fact]
    public async Task ShowsTheDecisionWithItsRuleAndReason()
    {
        var index = await stage.WriteAsync(
            ExplorerStage.AnEntry() with
            {
                Decision = new AuditDecision(false, "environments.ml-prod.branches", "main only"),
            }
        );

        var page = await ReadAsync($"/audit/entries/{index}");

        page.QuerySelector("h1 .state.bad")!.TextContent.ShouldBe("denied");
        page.QuerySelector(".facts")!.TextContent.ShouldContain("environments.ml-prod.branches");
        page.QuerySelector(".facts")!.TextContent.ShouldContain("main only");
    }

    [Fact]
    public async Task NamesThePeopleItKnowsBesideTheirPseudonym()
    {
        var person = new Person(Person.NewUid(), new Subject("https://id.example.com", "ada"))
        {
            Name = "Ada Lovelace",
            FirstSeenAt = DateTimeOffset.UtcNow,
            LastSeenAt = DateTimeOffset.UtcNow,
        };
        (await stage.Get<IWorkStore>().ApplyAsync([new SavePerson(person)], default)).Problem.ShouldBeNull();
        var index = await stage.WriteAsync(ExplorerStage.AnEntry() with { Actor = $"person:{person.Uid}" });

        var text = (await ReadAsync($"/audit/entries/{index}")).QuerySelector(".facts")!.TextContent;

        text.ShouldContain("Ada Lovelace");
        text.ShouldContain(person.Uid);
        First(await ReadAsync($"/audit/entries?actor=person:{person.Uid}")).ShouldBe($"audit/entries/{index}");
    }

    [Fact]
    [Trait("Threat", "T113")]
    [Trait("Threat", "T123")]
    [Trait("Threat", "T124")]
    public async Task HostileTextStaysText()
    {
        var index = await stage.WriteAsync(
            new AuditEntry("git.fetched", Hostile)
            {
                Links = new Dictionary<string, string> { ["push"] = Hostile, [Hostile] = "x" },
                Decision = new AuditDecision(true, Hostile, Hostile),
                Facts = new JsonObject { [Hostile] = Hostile, ["refs"] = new JsonArray(Hostile) },
            }
        );
        foreach (
            var path in new[]
            {
                $"/audit/entries/{index}",
                "/audit/entries?type=git.fetched",
                $"/audit/story?push={Uri.EscapeDataString(Hostile)}",
                $"/audit/entries?actor={Uri.EscapeDataString(Hostile)}",
            }
        )
        {
            var page = await ReadAsync(path);
            page.QuerySelectorAll("script").ShouldAllBe(script => script.GetAttribute("src")!.StartsWith("assets/"));
            page.QuerySelectorAll("img").ShouldHaveSingleItem();
            page.QuerySelectorAll("style, [style], [onerror], [href^=javascript]").ShouldBeEmpty(path);
            page.Body!.TextContent.ShouldNotContain('\u202e', path);
            page.Body!.TextContent.ShouldNotContain('\u0007', path);
            page.Body!.TextContent.ShouldContain("<script>alert(1)</script>");
        }
    }

    [Theory]
    [InlineData("{\0\u00ff", "{\\u0000\\u00ff")]
    [InlineData("[1]", "[1]")]
    [InlineData(
        "{\"type\":7,\"links\":3,\"facts\":[],\"decision\":null}",
        "{\"type\":7,\"links\":3,\"facts\":[],\"decision\":null}"
    )]
    public void AnEntryThatIsNoneAnyMoreIsShownAllTheSame(string damaged, string shown)
    {
        var bytes = Encoding.UTF8.GetBytes(damaged);

        var entry = EntryView.Of(new AuditRecord(7, bytes), []);

        EntryWords.OfType(entry.Type).ShouldBe("Unreadable entry");
        EntryWords.Bytes(bytes).ShouldBe(shown);
    }

    private Task<long> WriteAsync(string type, params (string Name, string Value)[] links) =>
        stage.WriteAsync(
            new AuditEntry(type, "bascule") { Links = links.ToDictionary(one => one.Name, one => one.Value) }
        );

    private async Task<IReadOnlyList<string>> StoryAsync(string of) =>
        [
            .. (await ReadAsync($"/audit/story?{of}"))
                .QuerySelectorAll(".c-entry .mono")
                .Select(cell => cell.GetAttribute("title")!),
        ];

    private static string First(IDocument page) => page.QuerySelector(".row-link")!.GetAttribute("href")!;

    private async Task<IDocument> ReadAsync(string path) =>
        new HtmlParser().ParseDocument(await stage.Http.GetStringAsync(new Uri(path, UriKind.Relative)));
}
