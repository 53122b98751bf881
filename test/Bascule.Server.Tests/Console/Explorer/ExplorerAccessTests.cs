using System.Net;
using AngleSharp.Html.Parser;
using Bascule.Server.Tests.Access;

namespace Bascule.Server.Tests.Console.Explorer;

/// <summary>Who sees the pages of the audit log: whoever gets its entries from the API, and nobody else.</summary>
public sealed class ExplorerAccessTests(AccessStage stage) : IClassFixture<AccessStage>
{
    [Theory]
    [InlineData("auditors", HttpStatusCode.OK)]
    [InlineData("other-auditors", HttpStatusCode.Forbidden)]
    [InlineData("viewers", HttpStatusCode.Forbidden)]
    [InlineData("admins", HttpStatusCode.Forbidden)]
    [Trait("Threat", "T58")]
    public async Task AnswersAsTheApiDoes(string group, HttpStatusCode status)
    {
        var actor = await stage.PersonAsync(group);
        foreach (
            var path in new[]
            {
                "/api/v1/audit/entries",
                "/audit/entries",
                "/audit/story?run=a",
                "/audit/entries/0",
                "/audit/entries/0/bytes",
            }
        )
        {
            using var answer = await stage.AskAsync(HttpMethod.Get, path, actor);
            answer.StatusCode.ShouldBe(status, path);
        }
    }

    [Fact]
    [Trait("Threat", "T58")]
    public async Task WhoMayNotIsToldSoByAPageThatNeitherShowsNorOffersEntries()
    {
        var viewer = await stage.PersonAsync("viewers");

        using var answer = await stage.AskAsync(HttpMethod.Get, "/audit/entries/0", viewer);

        var page = new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync());
        page.QuerySelector("h1")!.TextContent.ShouldBe("You may not read the audit log");
        page.QuerySelector("main [href^='audit/'], nav [href^='audit/']").ShouldBeNull();
    }

    [Theory]
    [InlineData("auditors", true)]
    [InlineData("viewers", false)]
    public async Task ARunLeadsToItsEntriesForWhoMaySeeThem(string group, bool leads)
    {
        using var answer = await stage.AskAsync(
            HttpMethod.Get,
            $"/runs/{stage.Run.Id}",
            await stage.PersonAsync(group)
        );

        var page = new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync());
        (page.QuerySelector($"a[href='audit/story?run={stage.Run.Id}']") is not null).ShouldBe(leads);
        (page.QuerySelector("nav a[href='audit/entries']") is not null).ShouldBe(leads);
    }
}
