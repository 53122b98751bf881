using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Bascule.Core.People;
using Bascule.Core.Runs;
using Bascule.Server.Access;
using Bascule.Testing.Runs;
using static Bascule.Server.Tests.Console.SampleApprovals;

namespace Bascule.Server.Tests.Console;

/// <summary>What waits for approval, who it waits for, and the answer to why.</summary>
public sealed class ApprovalPagesTests : IAsyncLifetime
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private LocalServer _server = null!;
    private Run _run = null!;

    public async Task InitializeAsync()
    {
        var elsewhere = new RoleRule(4, Role.Approver, [Selector.Parse("group:elsewhere").Value])
        {
            Environments = new HashSet<string> { "ml-dev" },
        };
        _server = await LocalServer.StartAsync(roles: [.. Roles, elsewhere]);
        _server.Repositories.Add(RunBuilder.Churn, "ml", "churn");
        _run = _server.Runs.Add(AWaitingRun());
        _server.Approvals.State = AState(_run);
        _server.Approvals.Checks = [Linked];
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task ListsWhatOneMayApproveAndCountsItInTheHeader()
    {
        var page = await ReadAsync("/approvals", Grace);

        page.QuerySelectorAll("main h2").Select(Text).ShouldBe(["For you"]);
        page.QuerySelector(".waiting a.row-link")!.GetAttribute("href").ShouldBe($"runs/{_run.Id}");
        Text(page.QuerySelector(".count")!).ShouldBe("1 waiting");
    }

    [Fact]
    public async Task ListsTheOthersWithWhatStandsInTheWay()
    {
        _server.Approvals.Checks = [Linked, Wrote];

        var page = await ReadAsync("/approvals", Grace);

        page.QuerySelectorAll("main h2").Select(Text).ShouldBe(["For others"]);
        Text(page.QuerySelector(".c-why span")!).ShouldBe("wrote commit 9f3ac710; somebody else has to approve");
    }

    [Fact]
    public async Task WhatANewSignInSettlesIsForThemStill()
    {
        _server.Approvals.Checks = [Linked, Stale];

        var page = await ReadAsync("/approvals", Grace);

        page.QuerySelectorAll("main h2").Select(Text).ShouldBe(["For you"]);
        Text(page.QuerySelector(".c-why span")!).ShouldContain("sign in again");
    }

    [Fact]
    [Trait("Threat", "T59")]
    public async Task WhoMayNotSeeARunSeesItNotHereNorCounted()
    {
        var page = await ReadAsync("/approvals", Vera with { Groups = ["elsewhere"] });

        page.QuerySelectorAll(".waiting").ShouldBeEmpty();
        page.QuerySelector(".count").ShouldBeNull();
        page.Body!.TextContent.ShouldNotContain(_run.Id.Text);
    }

    [Fact]
    public async Task WhoMayNotApproveIsToldAndNotCounted()
    {
        var page = await ReadAsync("/approvals", Vera);

        Text(page.QuerySelector(".c-why span")!).ShouldContain("takes the role approver");
        page.QuerySelector(".count").ShouldBeNull();
    }

    [Fact]
    public async Task SaysWhatToDoWhenNothingWaits()
    {
        _server.Runs.Replace(_run with { State = RunState.Succeeded });

        var page = await ReadAsync("/approvals", Grace);

        Text(page.QuerySelector(".empty h2")!).ShouldBe("Nothing waits for approval");
        page.QuerySelector(".count").ShouldBeNull();
    }

    [Fact]
    public async Task ShowsACancelButtonOnlyToThoseWhoseRoleAllowsIt()
    {
        var grace = await ReadAsync($"/runs/{_run.Id}", Grace);
        var vera = await ReadAsync($"/runs/{_run.Id}", Vera);

        grace
            .QuerySelectorAll("details.act form")
            .ShouldHaveSingleItem()
            .GetAttribute("action")
            .ShouldEndWith("/cancel");
        vera.QuerySelectorAll("main form").ShouldBeEmpty();
    }

    [Fact]
    public async Task SaysThatAForkIsAPlanOnly()
    {
        var fork = RunBuilder.ARun(RunState.Planned, 5).OfPullRequest(118);
        _server.Runs.Add(fork with { Environment = null, Reason = "a head from a fork gets a plan only" });

        var page = await ReadAsync($"/runs/{fork.Id}", Grace);

        Text(page.QuerySelector(".notice.plan")!).ShouldBe("Only a plan: a head from a fork gets a plan only");
        page.QuerySelectorAll(".approval, main form").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("p-grace", "Allowed", "roles[1]")]
    [InlineData("p-vera", "Not allowed", "roles")]
    [InlineData("https://id.example.com#never-here", "Not allowed", "roles")]
    public async Task ExplainsWhoMayApproveARun(string who, string verdict, string rule)
    {
        _server.People.Add(Vera);
        var address = $"/people/explain?as={Uri.EscapeDataString(who)}&act=approve_run&run={_run.Id}";

        var page = await ReadAsync(address, Grace);

        Text(page.QuerySelector("main .head .state")!).ShouldBe(verdict);
        Text(page.QuerySelector(".facts dd")!).ShouldBe(rule);
        Text(page.QuerySelector(".checks")!).ShouldContain("has linked an account");
    }

    [Fact]
    public async Task ARuleThatFailsIsTheAnswerWhereTheRoleWouldDo()
    {
        _server.Approvals.Checks = [Linked, Wrote];

        var page = await ReadAsync($"/people/explain?as=p-grace&act=approve_run&run={_run.Id}", Grace);

        page.QuerySelectorAll(".facts dd").Select(Text).Take(2).ShouldBe([Wrote.Rule, Wrote.Fact]);
    }

    [Theory]
    [InlineData("as=nobody&act=read_runs", "nobody is known as 'nobody'")]
    [InlineData("as=p-grace&act=fly", "there is no act 'fly'")]
    [InlineData("as=p-grace&act=approve_run&run=zzzzzzzzzz", "there is no run 'zzzzzzzzzz'")]
    [InlineData("as=p-grace&act=read_runs&repository=churn", "names no forge")]
    public async Task SaysWhatIsNotUnderstood(string query, string words)
    {
        var page = await ReadAsync($"/people/explain?{query}", Grace);

        Text(page.QuerySelector(".notice.bad")!).ShouldContain(words);
    }

    private async Task<IDocument> ReadAsync(string path, Person person)
    {
        _server.People.Add(person);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_server.Public, path));
        request.Headers.Host = LocalServer.PublicName;
        var session = _server.Sessions.Cookie(person.ToActor(DateTimeOffset.UtcNow));
        request.Headers.Add("Cookie", $"{SessionTokens.CookieName}={session}");
        using var answer = await _http.SendAsync(request);
        return new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync());
    }

    private static string Text(IElement element) =>
        string.Join(' ', element.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
