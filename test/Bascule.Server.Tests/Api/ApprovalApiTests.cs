using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Bascule.Client;
using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Core.Identity;
using Bascule.Core.People;
using Bascule.Core.Runs;
using Bascule.Testing.Runs;

namespace Bascule.Server.Tests.Api;

public sealed class ApprovalApiTests : IAsyncLifetime
{
    private static readonly Person Grace = new("p-grace", new Subject("https://id.example.com", "grace"))
    {
        Name = "Grace",
        Groups = ["ml-leads"],
        FirstSeenAt = DateTimeOffset.UnixEpoch,
        LastSeenAt = DateTimeOffset.UnixEpoch,
    };

    private LocalServer _server = null!;
    private BasculeClient _local = null!;
    private string _session = "";
    private Run _run = null!;

    public async Task InitializeAsync()
    {
        Selector[] leads = [Selector.Parse("group:ml-leads").Value];
        _server = await LocalServer.StartAsync(
            roles: [new RoleRule(0, Role.Approver, leads), new RoleRule(1, Role.Operator, leads)]
        );
        _server.People.Add(Grace);
        _session = _server.Sessions.Bearer(Grace.ToActor(DateTimeOffset.UtcNow));
        _local = new BasculeClient(_server.Local, _server.Token);
        _run = _server.Runs.Add(Console.SampleApprovals.AWaitingRun());
    }

    public async Task DisposeAsync()
    {
        _local.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("approve")]
    [InlineData("withdraw")]
    [InlineData("break-glass")]
    [Trait("Threat", "T109")]
    public async Task AGetNeverDoesAnything(string act)
    {
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Head, HttpMethod.Options])
        {
            using var answer = await SendAsync(method, $"/api/v1/runs/{_run.Id}/{act}");
            ((int)answer.StatusCode).ShouldBeGreaterThanOrEqualTo(400);
        }

        _server.Approvals.Asked.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T109")]
    public async Task APageOfAnotherSiteCannotApproveForSomebody()
    {
        using var answer = await SendAsync(
            HttpMethod.Post,
            $"/api/v1/runs/{_run.Id}/approve",
            headers => headers.Add("Sec-Fetch-Site", "cross-site")
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        _server.Approvals.Asked.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T108")]
    public async Task TheLocalTokenAloneApprovesNothing()
    {
        var refused = await _local.ApproveRunAsync(_run.Id.Text, null, default);

        refused.Problem!.Code.ShouldBe(ProblemCode.Denied);
        refused.Problem.Message.ShouldContain("only a person may approve a run: sign in");
        _server.Approvals.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task WhoeverIsSignedInActsAsThemselves()
    {
        await ActAsync("approve", """{"comment": "looks good"}""");
        await ActAsync("withdraw", "{}");
        await ActAsync("break-glass", """{"reason": "production is down"}""");

        _server.Approvals.Asked.ShouldBe([
            $"give {_run.Id} p-grace looks good",
            $"withdraw {_run.Id} p-grace",
            $"break {_run.Id} p-grace production is down",
        ]);
    }

    [Fact]
    [Trait("Threat", "T97")]
    public async Task OnlyThePlanThatWasLookedAtIsApproved()
    {
        var shown = _run.PlanDigest![..12];
        using var other = await SendAsync(
            HttpMethod.Post,
            $"/api/v1/runs/{_run.Id}/approve",
            body: """{"plan": "000000000000"}"""
        );
        using var tooShort = await SendAsync(
            HttpMethod.Post,
            $"/api/v1/runs/{_run.Id}/approve",
            body: $$"""{"plan": "{{shown[..8]}}"}"""
        );

        (other.StatusCode, tooShort.StatusCode).ShouldBe((HttpStatusCode.Conflict, HttpStatusCode.Conflict));
        _server.Approvals.Asked.ShouldBeEmpty();
        await ActAsync("approve", $$"""{"plan": "{{shown}}"}""");
        _server.Approvals.Seen.ShouldBe([ApprovedThing.Of(_run)]);
    }

    [Fact]
    public async Task ARefusalComesWithItsReasons()
    {
        _server.Approvals.Refusal = Problem.Denied("approvals.not_author: wrote commit 9f3ac710");

        using var answer = await SendAsync(HttpMethod.Post, $"/api/v1/runs/{_run.Id}/approve");

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("approvals.not_author: wrote commit 9f3ac710");
    }

    [Theory]
    [InlineData("{\"comment\": 1}")]
    [InlineData("{\"coment\": \"x\"}")]
    [InlineData("[]")]
    [InlineData("{")]
    public async Task ABodyThatIsNotUnderstoodDoesNothing(string body)
    {
        using var answer = await SendAsync(HttpMethod.Post, $"/api/v1/runs/{_run.Id}/approve", body: body);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        _server.Approvals.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task WhatWaitsIsListedWithWhatIsMissing()
    {
        _server.Approvals.State = AState();
        _server.Approvals.Checks = [new ApprovalCheck("approvals.linked", "has linked no account", Passed: false)];

        var waiting = (await _local.ListWaitingAsync(default)).Value.Waiting.ShouldHaveSingleItem();
        var shown = (await _local.GetApprovalsAsync(_run.Id.Text, default)).Value;

        (waiting.Run.Id, waiting.CanApprove, waiting.Approvals.Missing).ShouldBe((_run.Id.Text, false, 2));
        shown.Checks.ShouldHaveSingleItem().Rule.ShouldBe("approvals.linked");
        shown.Approvals!.From.ShouldBe(["group:ml-leads"]);
        (await _local.GetRunAsync(_run.Id.Text, default)).Value.Approvals!.Required.ShouldBe(2);
    }

    [Fact]
    public async Task ExplainsWhoMayApproveARunWithEveryRule()
    {
        _server.Approvals.Checks = [new ApprovalCheck("approvals.linked", "has linked an account", Passed: true)];
        var allowed = (await _local.ExplainRunAsync("p-grace", act: null, _run.Id.Text, default)).Value;
        _server.Approvals.Checks = [new ApprovalCheck("approvals.linked", "has linked no account", Passed: false)];
        var denied = (await _local.ExplainRunAsync("p-grace", act: null, _run.Id.Text, default)).Value;
        var cancel = (await _local.ExplainRunAsync("p-grace", "cancel_run", _run.Id.Text, default)).Value;

        (allowed.Allowed, allowed.Rule, allowed.Checks.Count).ShouldBe((true, "roles[0]", 1));
        (denied.Allowed, denied.Rule, denied.Reason).ShouldBe((false, "approvals.linked", "has linked no account"));
        (cancel.Allowed, cancel.Rule, cancel.Checks.Count).ShouldBe((true, "roles[1]", 0));
    }

    private ApprovalState AState()
    {
        var policy = new ApprovalPolicy(2, [Selector.Parse("group:ml-leads").Value]);
        return new ApprovalState(
            policy,
            new ApprovalRequest(_run.Id, 1, 0, RunBuilder.Noon, RunBuilder.Noon.AddDays(3)),
            new ApprovalStanding(2, [], [], ProofMissing: false),
            [],
            BreakGlass: null,
            new Dictionary<string, string>()
        );
    }

    private async Task ActAsync(string act, string body)
    {
        using var answer = await SendAsync(HttpMethod.Post, $"/api/v1/runs/{_run.Id}/{act}", body: body);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    /// <summary>As the command line asks for somebody who signed in.</summary>
    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        Action<HttpRequestHeaders>? headers = null,
        string? body = null
    )
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(method, new Uri(_server.Public, path));
        request.Headers.Host = LocalServer.PublicName;
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _session);
        headers?.Invoke(request.Headers);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await http.SendAsync(request);
    }
}
