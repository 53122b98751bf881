using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Core.Runs;
using Bascule.Server.Access;
using Bascule.Testing.Runs;
using static Bascule.Server.Tests.Console.SampleApprovals;

namespace Bascule.Server.Tests.Console;

/// <summary>What the console takes from a browser, with its cookie and without a script.</summary>
public sealed class ApprovalFormTests : IAsyncLifetime
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private LocalServer _server = null!;
    private string _session = "";
    private Run _run = null!;

    public async Task InitializeAsync()
    {
        _server = await LocalServer.StartAsync(roles: Roles);
        _server.People.Add(Grace);
        _session = _server.Sessions.Cookie(Grace.ToActor(DateTimeOffset.UtcNow));
        _run = _server.Runs.Add(AWaitingRun());
        _server.Approvals.State = AState(_run) with { Policy = new(2, [Leads]) { BreakGlass = true } };
        _server.Approvals.Checks = [Linked];
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task ApprovesWhatThePageShowed()
    {
        var fields = await FieldsAsync("approve");

        using var answer = await PostAsync("approve", [.. fields, ("comment", "looks good")]);

        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        answer.Headers.GetValues("Location").ShouldBe([$"/runs/{_run.Id}"]);
        _server.Approvals.Asked.ShouldBe([$"give {_run.Id} p-grace looks good"]);
        _server.Approvals.Seen.ShouldBe([ApprovedThing.Of(_run)]);
    }

    [Theory]
    [InlineData("approve", "environment")]
    [InlineData("approve", "commit")]
    [InlineData("approve", "content")]
    [InlineData("approve", "plan")]
    [InlineData("break-glass", "plan")]
    [Trait("Threat", "T97")]
    public async Task RefusesWhatChangedSinceItWasLookedAt(string act, string field)
    {
        var fields = (await FieldsAsync(act)).Where(one => one.Name != field);

        using var left = await PostAsync(act, [.. fields]);
        using var other = await PostAsync(act, [.. fields, (field, "something else")]);

        foreach (var answer in new[] { left, other })
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
            (await answer.Content.ReadAsStringAsync()).ShouldContain("changed since you looked at it");
        }
        _server.Approvals.Asked.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T97")]
    public async Task RefusesAPageFromBeforeAnotherPlan()
    {
        var fields = await FieldsAsync("approve");
        _server.Runs.Replace(_run with { Plan = _run.Plan!.Replace("0.1", "0.2", StringComparison.Ordinal) });

        using var answer = await PostAsync("approve", fields);

        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        _server.Approvals.Asked.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("approve")]
    [InlineData("withdraw")]
    [InlineData("break-glass")]
    [InlineData("cancel")]
    [InlineData("retry")]
    [InlineData("reproduce")]
    [Trait("Threat", "T109")]
    public async Task DoesNothingForAFormThatWasNotShownToThisSession(string act)
    {
        var shown = await FieldsAsync("approve");
        var other = _server.Sessions.Cookie(Grace.ToActor(DateTimeOffset.UtcNow));
        var foreign = await FieldsAsync("approve", other);

        using var without = await PostAsync(act, [.. shown.Where(field => field.Name != "seal")]);
        using var anothers = await PostAsync(act, foreign);

        (without.StatusCode, anothers.StatusCode).ShouldBe((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden));
        ShouldHaveDoneNothing();
    }

    [Theory]
    [InlineData("cross-site")]
    [InlineData("same-site")]
    [InlineData(null)]
    [Trait("Threat", "T109")]
    public async Task DoesNothingForAnotherSitesPage(string? site)
    {
        var fields = await FieldsAsync("approve");
        foreach (var act in Acts)
        {
            using var answer = await PostAsync(act, fields, site);
            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden, act);
        }
        ShouldHaveDoneNothing();
    }

    [Fact]
    [Trait("Threat", "T109")]
    public async Task AGetNeverDoesAnything()
    {
        var query = string.Join('&', (await FieldsAsync("approve")).Select(field => $"{field.Name}={field.Value}"));
        foreach (var act in Acts)
        {
            using var answer = await SendAsync(new(HttpMethod.Get, $"/runs/{_run.Id}/{act}?{query}"), _session);
            ((int)answer.StatusCode).ShouldBeGreaterThanOrEqualTo(400);
        }
        ShouldHaveDoneNothing();
    }

    [Fact]
    [Trait("Threat", "T58")]
    public async Task TheWrongRoleIsToldSoAndNothingHappens()
    {
        _server.People.Add(Vera);
        var session = _server.Sessions.Cookie(Vera.ToActor(DateTimeOffset.UtcNow));
        foreach (var act in Acts)
        {
            using var answer = await PostAsync(act, await FieldsAsync("approve"), session: session);
            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            (await ReadAsync(answer)).QuerySelector("h1")!.TextContent.ShouldStartWith("You may not");
        }
        ShouldHaveDoneNothing();
    }

    [Fact]
    public async Task TakesBackCancelsAndBreaksGlassByItsForms()
    {
        using var glass = await PostAsync("break-glass", [.. await FieldsAsync("break-glass"), ("reason", "it burns")]);
        using var cancelled = await PostAsync("cancel", await FieldsAsync("cancel"));
        _server.Approvals.State = AState(_run, AnApproval(_run, Grace.Uid));
        using var back = await PostAsync("withdraw", await FieldsAsync("withdraw"));

        new[] { glass, cancelled, back }.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.SeeOther);
        _server.Approvals.Asked.ShouldBe([$"break {_run.Id} p-grace it burns", $"withdraw {_run.Id} p-grace"]);
        _server.Commands.Asked.ShouldBe([$"cancel {_run.Id} by person:p-grace"]);
    }

    [Fact]
    public async Task RunsAgainAndLeadsToTheNewRun()
    {
        _run = _server.Runs.Add(AWaitingRun(1) with { State = RunState.Failed, FinishedAt = DateTimeOffset.UtcNow });

        using var answer = await PostAsync("retry", await FieldsAsync("retry"));

        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        answer.Headers.GetValues("Location").ShouldHaveSingleItem().ShouldNotBe($"/runs/{_run.Id}");
        _server.Commands.Asked.ShouldBe([$"retry {_run.Id} by person:p-grace"]);
    }

    [Fact]
    public async Task ReproducesByAFormThatSaysWhatItRegisters()
    {
        var run = AWaitingRun(1) with
        {
            State = RunState.Failed,
            PlatformRunId = "884",
            FinishedAt = DateTimeOffset.UtcNow,
        };
        _run = _server.Runs.Add(run);
        var fields = await FieldsAsync("retry");

        using var plain = await PostAsync("reproduce", fields);
        using var told = await PostAsync("reproduce", [.. fields, ("because", "an audit"), ("register", "true")]);

        new[] { plain, told }.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.SeeOther);
        _server.Commands.Asked.ShouldBe([
            $"reproduce {run.Id} by person:p-grace because nothing",
            $"reproduce {run.Id} by person:p-grace because an audit, to be registered",
        ]);
    }

    [Fact]
    public async Task ARefusalNamesEveryReasonAndLeadsBack()
    {
        _server.Approvals.Refusal = Problem.Denied(
            "approvals.linked: has linked no account; approvals.once: has approved"
        );

        using var answer = await PostAsync("approve", await FieldsAsync("approve"));

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var page = await ReadAsync(answer);
        page.QuerySelectorAll(".reasons li").Length.ShouldBe(2);
        page.QuerySelector("main a.button")!.GetAttribute("href").ShouldBe($"runs/{_run.Id}");
    }

    private static readonly string[] Acts = ["approve", "withdraw", "break-glass", "cancel", "retry", "reproduce"];

    private void ShouldHaveDoneNothing()
    {
        _server.Approvals.Asked.ShouldBeEmpty();
        _server.Commands.Asked.ShouldBeEmpty();
    }

    /// <summary>The hidden fields of a form of the run's page.</summary>
    private async Task<(string Name, string Value)[]> FieldsAsync(string act, string? session = null)
    {
        using var answer = await SendAsync(new(HttpMethod.Get, $"/runs/{_run.Id}"), session ?? _session);
        var form = (await ReadAsync(answer)).QuerySelector($"form[action='runs/{_run.Id}/{act}']");
        return
        [
            .. form.ShouldNotBeNull(act)
                .QuerySelectorAll("input[type=hidden]")
                .Select(field => (field.GetAttribute("name")!, field.GetAttribute("value")!)),
        ];
    }

    private Task<HttpResponseMessage> PostAsync(
        string act,
        (string Name, string Value)[] fields,
        string? site = "same-origin",
        string? session = null
    )
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/runs/{_run.Id}/{act}")
        {
            Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))),
        };
        if (site is not null)
            request.Headers.Add("Sec-Fetch-Site", site);
        return SendAsync(request, session ?? _session);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string session)
    {
        using (request)
        {
            request.RequestUri = new Uri(_server.Public, request.RequestUri!);
            request.Headers.Host = LocalServer.PublicName;
            request.Headers.Add("Cookie", $"{SessionTokens.CookieName}={session}");
            return await _http.SendAsync(request);
        }
    }

    private static async Task<IDocument> ReadAsync(HttpResponseMessage answer) =>
        new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync());
}
