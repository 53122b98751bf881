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
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Tests.Api;

public sealed class ApprovalApiTests : IAsyncLifetime
{
    private static readonly Actor Grace = new(ActorType.Human, "p-grace")
    {
        Subject = new Subject("https://id.example.com", "grace"),
    };

    private readonly SignedIn _signedIn = new();
    private LocalServer _server = null!;
    private BasculeClient _client = null!;
    private Run _run = null!;

    public async Task InitializeAsync()
    {
        _server = await LocalServer.StartAsync(services => services.AddSingleton<IStartupFilter>(_signedIn));
        _client = new BasculeClient(_server.Local, _server.Token);
        _run = _server.Runs.Add(RunBuilder.ARun(RunState.AwaitingApproval));
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("approve")]
    [InlineData("withdraw")]
    [InlineData("break-glass")]
    [Trait("Threat", "T109")]
    public async Task AGetNeverDoesAnything(string act)
    {
        _signedIn.Actor = Grace;

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
        _signedIn.Actor = Grace;

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
        var refused = await _client.ApproveRunAsync(_run.Id.Text, null, default);

        refused.Problem!.Code.ShouldBe(ProblemCode.Denied);
        refused.Problem.Message.ShouldContain("approvals are given by people: sign in");
        _server.Approvals.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task WhoeverIsSignedInActsAsThemselves()
    {
        _signedIn.Actor = Grace;

        (await _client.ApproveRunAsync(_run.Id.Text, "looks good", default)).Problem.ShouldBeNull();
        (await _client.WithdrawRunAsync(_run.Id.Text, default)).Problem.ShouldBeNull();
        (await _client.BreakGlassAsync(_run.Id.Text, "production is down", default)).Problem.ShouldBeNull();

        _server.Approvals.Asked.ShouldBe([
            $"give {_run.Id} p-grace looks good",
            $"withdraw {_run.Id} p-grace",
            $"break {_run.Id} p-grace production is down",
        ]);
    }

    [Fact]
    public async Task ARefusalComesWithItsReasons()
    {
        _signedIn.Actor = Grace;
        _server.Approvals.Refusal = Problem.Denied("approvals.not_author: wrote commit 9f3ac710");

        var refused = await _client.ApproveRunAsync(_run.Id.Text, null, default);

        refused.Problem!.Message.ShouldBe("approvals.not_author: wrote commit 9f3ac710");
    }

    [Theory]
    [InlineData("{\"comment\": 1}")]
    [InlineData("{\"coment\": \"x\"}")]
    [InlineData("[]")]
    [InlineData("{")]
    public async Task ABodyThatIsNotUnderstoodDoesNothing(string body)
    {
        _signedIn.Actor = Grace;

        using var answer = await SendAsync(HttpMethod.Post, $"/api/v1/runs/{_run.Id}/approve", body: body);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        _server.Approvals.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task WhatWaitsIsListedWithWhatIsMissing()
    {
        _server.Approvals.State = AState();
        _server.Approvals.Checks = [new ApprovalCheck("approvals.linked", "has linked no account", Passed: false)];

        var waiting = (await _client.ListWaitingAsync(default)).Value.Waiting.ShouldHaveSingleItem();
        var shown = (await _client.GetApprovalsAsync(_run.Id.Text, default)).Value;

        (waiting.Run.Id, waiting.CanApprove, waiting.Approvals.Missing).ShouldBe((_run.Id.Text, false, 2));
        shown.Checks.ShouldHaveSingleItem().Rule.ShouldBe("approvals.linked");
        shown.Approvals!.From.ShouldBe(["group:ml-leads"]);
        (await _client.GetRunAsync(_run.Id.Text, default)).Value.Approvals!.Required.ShouldBe(2);
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

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        Action<HttpRequestHeaders>? headers = null,
        string? body = null
    )
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(method, new Uri(_server.Local, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _server.Token.Reveal());
        headers?.Invoke(request.Headers);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await http.SendAsync(request);
    }

    /// <summary>Stands for signing in: every request is by that person.</summary>
    private sealed class SignedIn : IStartupFilter
    {
        public Actor? Actor { get; set; }

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.Use(
                    (context, go) =>
                    {
                        if (Actor is { } actor)
                            context.Features.Set(actor);
                        return go(context);
                    }
                );
                next(app);
            };
    }
}
