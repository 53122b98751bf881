using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Bascule.Core.Runs;
using static Bascule.Testing.Runs.RunBuilder;

namespace Bascule.Server.Tests.Console;

public sealed class ConsoleTests : OnLocalServer
{
    [Fact]
    public async Task TellsANewcomerWhatToDoNext()
    {
        var page = await ReadAsync("/");

        page.QuerySelector(".empty")!.TextContent.ShouldContain("bascule connect");
        page.QuerySelector("table").ShouldBeNull();
    }

    [Fact]
    public async Task ListsRunsByStateAndRepository()
    {
        Server.Repositories.Add(Churn, "ml", "churn");
        var failed = Server.Runs.Add(ARun(RunState.Failed));
        Server.Runs.Add(ARun(minutes: 1));

        var page = await ReadAsync("/?state=failed&repository=forge1%2F7");

        page.QuerySelectorAll("tbody tr").ShouldHaveSingleItem().TextContent.ShouldContain(failed.Id.Text);
        page.QuerySelectorAll(".chips [aria-current]").Select(Text).ShouldBe(["Failed", "ml/churn"]);
    }

    [Fact]
    public async Task LeadsFromARunToItsPullRequest()
    {
        Server.Repositories.Add(Churn, "ml", "churn");
        var run = Server.Runs.Add(ARun().OfPullRequest(118));
        Server.Runs.Add(ARun(minutes: 1));
        var link = (await ReadAsync($"/runs/{run.Id}"))
            .QuerySelector(".facts a[href*=pull_request]")!
            .GetAttribute("href")!;

        var page = await ReadAsync(link[1..]);

        page.QuerySelectorAll("tbody tr").ShouldHaveSingleItem().TextContent.ShouldContain(run.Id.Text);
        page.QuerySelector(".narrowed")!.TextContent.ShouldContain("pull request 118");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/deliveries")]
    [InlineData("/assets/icon.svg")]
    public async Task AnswersToHead(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using var answer = await Http.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task TurnsPages()
    {
        for (var minute = 0; minute < 51; minute++)
            Server.Runs.Add(ARun(minutes: minute));

        var first = await ReadAsync("/");
        var second = await ReadAsync("/" + first.QuerySelector(".pages a")!.GetAttribute("href")!.TrimStart('.', '/'));

        first.QuerySelectorAll("tbody tr").Length.ShouldBe(50);
        second.QuerySelectorAll("tbody tr").Length.ShouldBe(1);
        second.QuerySelector(".pages").ShouldBeNull();
    }

    [Fact]
    public async Task NamesTheRuleOfARefusal()
    {
        var run = Server.Runs.Add(
            ARun(RunState.Refused) with
            {
                Reason = "environment ml-prod allows branches [main]",
            }
        );

        var page = await ReadAsync($"/runs/{run.Id}");

        page.QuerySelector(".notice.bad")!.TextContent.ShouldContain("environment ml-prod allows branches [main]");
    }

    [Fact]
    public async Task ShowsTheCommandInsteadOfAButton()
    {
        var run = Server.Runs.Add(ARun(RunState.Started));

        var page = await ReadAsync($"/runs/{run.Id}");

        page.QuerySelectorAll(".commands code").Select(Text).ShouldContain($"bascule run cancel {run.Id}");
        page.QuerySelectorAll("main form, main button").ShouldBeEmpty();
    }

    /// <summary>Under the rules of every page: the drawing may load and run nothing.</summary>
    [Fact]
    [Trait("Threat", "T124")]
    public async Task DrawsTheMetricsOfARun()
    {
        var run = Server.Runs.Add(ARun());
        Server.Runs.SetMetrics(run.Id, new Metric("rmse", 0.3));

        using var answer = await Http.GetAsync($"/runs/{run.Id}/metrics.svg");

        answer.Content.Headers.ContentType!.MediaType.ShouldBe("image/svg+xml");
        answer.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem().ShouldContain("default-src 'none'");
        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(">rmse</text>");
    }

    [Theory]
    [InlineData("/runs/zzzzzzzzzz/metrics.svg", HttpStatusCode.NotFound)]
    [InlineData("/runs/zzzzzzzzzz", HttpStatusCode.NotFound)]
    [InlineData("/runs/%3Cscript%3E", HttpStatusCode.NotFound)]
    [InlineData("/nothing", HttpStatusCode.NotFound)]
    [InlineData("/?state=great", HttpStatusCode.BadRequest)]
    [InlineData("/?repository=ml/nope", HttpStatusCode.NotFound)]
    public async Task HasAPageForWhatIsNotThere(string path, HttpStatusCode status)
    {
        using var answer = await Http.GetAsync(path);

        answer.StatusCode.ShouldBe(status);
        var page = new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync());
        page.QuerySelectorAll("script").ShouldHaveSingleItem();
        page.QuerySelector("h1").ShouldNotBeNull();
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/deliveries")]
    [InlineData("/assets/console.css")]
    [InlineData("/nothing")]
    [Trait("Threat", "T153")]
    public async Task IsNotOnThePublicListener(string path)
    {
        using var answer = await Http.GetAsync(new Uri(Server.Public, path));

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T124")]
    public async Task HoldsTheContentPolicyOnEveryPage()
    {
        var run = SampleRuns.Fill(Server);
        foreach (var path in new[] { "/", $"/runs/{run.Id}", "/deliveries", "/nothing" })
        {
            using var answer = await Http.GetAsync(path);
            var page = new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync());

            answer.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem().ShouldNotContain("unsafe");
            page.QuerySelectorAll("style, [style]").ShouldBeEmpty(path);
            page.QuerySelectorAll("script:not([src])").ShouldBeEmpty(path);
        }
    }

    [Fact]
    public async Task ServesItsAssetsForEverUnderTheirContent()
    {
        var sheet = (await ReadAsync("/")).QuerySelector("link[rel=stylesheet]")!.GetAttribute("href")!;

        using var hashed = await Http.GetAsync("/" + sheet);
        using var plain = await Http.GetAsync("/assets/console.css");
        using var unknown = await Http.GetAsync("/assets/appsettings.json");

        hashed.Headers.CacheControl!.ToString().ShouldContain("immutable");
        plain.Headers.CacheControl!.ToString().ShouldBe("no-cache");
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("dark", "deliveries", "bascule_theme=dark", "/deliveries")]
    [InlineData("light", "./?state=failed", "bascule_theme=light", "/./?state=failed")]
    [InlineData("x\r\ny", "", "bascule_theme=auto", "/")]
    [InlineData("dark", "//evil.example", "bascule_theme=dark", "/")]
    [InlineData("dark", "/\\evil.example", "bascule_theme=dark", "/")]
    [InlineData("dark", "https://evil.example", "bascule_theme=dark", "/")]
    [Trait("Threat", "T124")]
    public async Task RemembersTheThemeAndLeadsBackToItself(string theme, string back, string cookie, string target)
    {
        using var form = new FormUrlEncodedContent([new("theme", theme), new("back", back)]);

        using var answer = await Http.PostAsync("/theme", form);

        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        answer.Headers.GetValues("Location").ShouldBe([target]);
        answer.Headers.GetValues("Set-Cookie").ShouldHaveSingleItem().ShouldStartWith(cookie);
    }

    private static string Text(IElement element) => element.TextContent.Trim();
}
