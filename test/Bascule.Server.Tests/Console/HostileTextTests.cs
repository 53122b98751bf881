using AngleSharp.Html.Parser;
using Bascule.Core.Deliveries;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Testing.Runs;
using static Bascule.Testing.Runs.RunBuilder;

namespace Bascule.Server.Tests.Console;

/// <summary>Every text that somebody else writes, on every page.</summary>
public sealed class HostileTextTests : IAsyncLifetime
{
    private const string Payload =
        "</title></pre></textarea><script>alert(1)</script><img src=x onerror=alert(1)>\"'><svg onload=alert(1)>";
    private const string Forged = "a\u001b[31m\u202eb\u0000\u2066c\u0007\u009b2J";
    private LocalServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await LocalServer.StartAsync();
        _server.Repositories.Add(Churn, Payload + Forged, Payload);
        _server.Deliveries.Add(ADelivery());
        var item = new WorkItem(1, Payload, Payload, Payload + Forged, 8, Noon);
        _server.Quarantine.Items = [new QuarantinedItem(item, Payload + Forged, Noon)];
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(RunState.Refused)]
    [InlineData(RunState.Started)]
    [InlineData(RunState.Succeeded)]
    [Trait("Threat", "T123")]
    [Trait("Threat", "T124")]
    public async Task StaysText(RunState state)
    {
        foreach (var html in await ReadPagesAsync(state))
        {
            var page = new HtmlParser().ParseDocument(html);
            page.QuerySelectorAll("script").ShouldHaveSingleItem().GetAttribute("src")!.ShouldStartWith("assets/");
            page.QuerySelectorAll("img").ShouldHaveSingleItem().GetAttribute("src")!.ShouldStartWith("assets/");
            page.All.SelectMany(element => element.Attributes)
                .ShouldAllBe(attribute => !attribute.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase));
            page.QuerySelectorAll("a[href]")
                .ShouldAllBe(link =>
                    !link.GetAttribute("href")!.StartsWith("javascript", StringComparison.OrdinalIgnoreCase)
                );
            page.Body!.TextContent.ShouldContain("<script>alert(1)</script>");
        }
    }

    [Fact]
    [Trait("Threat", "T113")]
    public async Task LosesItsControlAndBidiCharacters()
    {
        foreach (var shown in await ReadPagesAsync(RunState.Failed))
        {
            shown.ShouldContain("abc");
            shown
                .Where(c => (char.IsControl(c) && c is not ('\n' or '\r' or '\t')) || "\u202e\u2066\u200e".Contains(c))
                .ShouldBeEmpty();
            foreach (var escape in new[] { "&#x202E;", "&#x2066;", "&#x1B;", "&#x7;", "&#x9B;", "&#x0;" })
                shown.ShouldNotContain(escape, Case.Insensitive);
        }
    }

    private async Task<IReadOnlyList<string>> ReadPagesAsync(RunState state)
    {
        var text = Payload + Forged;
        var run = _server.Runs.Add(
            ARun(state) with
            {
                RepositoryName = text,
                Workflow = text,
                Environment = text,
                Forge = text,
                CommitSubject = text,
                By = new ForgeAccount(1, text),
                Reason = text,
                PlatformRunId = text,
                PlatformPage = new Uri("javascript:alert(1)"),
                Plan = $$"""{"x":"{{Payload.Replace("\"", "", StringComparison.Ordinal)}}"}""",
                PlanDigest = Payload,
            }
        );
        _server.Runs.SetTimeline(run.Id, new TimelineEntry(Noon, text, text));
        _server.Runs.SetMetrics(run.Id, new Metric(text, 1), new Metric("__proto__", double.NaN));
        _server.Runs.SetModels(run.Id, new ModelVersion(text, text, new Uri("javascript:alert(1)")));
        _server.Runs.SetLog(run.Id, text);
        using var http = new HttpClient { BaseAddress = _server.Local };
        var pages = new List<string>();
        foreach (var path in new[] { "/", $"/runs/{run.Id}", "/deliveries" })
            pages.Add(await http.GetStringAsync(path));
        return pages;
    }

    private static Delivery ADelivery() =>
        new()
        {
            Uid = "d1",
            WebhookUid = "w1",
            Repository = Churn,
            DeliveryId = Payload + Forged,
            EventName = Payload + Forged,
            BodyDigest = "",
            Json = default,
            ReceivedAt = Noon,
            Outcome = Payload + Forged,
        };
}
