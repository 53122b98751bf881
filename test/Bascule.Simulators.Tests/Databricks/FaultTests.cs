using System.Net;
using Bascule.Simulators.Databricks;

namespace Bascule.Simulators.Tests.Databricks;

public sealed class FaultTests : IAsyncLifetime
{
    private const string Submit = "/api/2.2/jobs/runs/submit";
    private const string Me = "/api/2.0/preview/scim/v2/Me";
    private Workbench _bench = null!;

    public async Task InitializeAsync() => _bench = await Workbench.StartAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task HitsAsManyRequestsAsAskedAfterThoseSkipped()
    {
        _bench.Simulator.Inject(Fault.TooMany("GET", "/scim/", retryAfter: "2") with { Times = 2, Skip = 1 });

        var answers = new List<Answer>();
        for (var i = 0; i < 4; i++)
            answers.Add(await _bench.GetAsync(Me));

        answers.Select(a => (int)a.Status).ShouldBe([200, 429, 429, 200]);
        answers[1].Headers["Retry-After"].ShouldBe("2");
        answers[1].ErrorCode.ShouldBe("REQUEST_LIMIT_EXCEEDED");
    }

    [Fact]
    public async Task LosesTheAnswerAfterTheEffectOrTheRequestBeforeIt()
    {
        var body = Submission.Python("/Shared/train.py").ToJsonString();
        _bench.Simulator.Inject(Fault.AbortBefore("POST", "runs/submit$"));
        await Should.ThrowAsync<HttpRequestException>(() => _bench.SendAsync(HttpMethod.Post, Submit, body));
        _bench.Simulator.PlatformRuns.ShouldBe(0);

        _bench.Simulator.Inject(Fault.AbortAfter("POST", "runs/submit$"));
        await Should.ThrowAsync<HttpRequestException>(() => _bench.SendAsync(HttpMethod.Post, Submit, body));

        _bench.Simulator.PlatformRuns.ShouldBe(1);
    }

    [Fact]
    public async Task AnswersHtmlRedirectsAndForgeries()
    {
        _bench.Simulator.Inject(Fault.Html("GET", "Me"));
        _bench.Simulator.Inject(Fault.Redirect("GET", "Me", "https://169.254.169.254/"));
        _bench.Simulator.Inject(Fault.Forge("GET", "Me", json => json["userName"] = "forged"));

        var (html, redirect, forged) = (
            await _bench.GetAsync(Me),
            await _bench.GetAsync(Me),
            await _bench.GetAsync(Me)
        );

        html.Text.ShouldStartWith("<html>");
        redirect.Headers["Location"].ShouldBe("https://169.254.169.254/");
        forged.Json["userName"]!.ToString().ShouldBe("forged");
    }

    [Fact]
    public async Task StreamsABodyWithoutEnd()
    {
        _bench.Simulator.Inject(Fault.EndlessBody("GET", "Me"));

        using var reply = await _bench.Client.GetAsync(Me, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await reply.Content.ReadAsStreamAsync();

        await body.ReadExactlyAsync(new byte[4 << 20]);
    }

    [Fact]
    public async Task GoesAwayAndComesBackOnTheSamePort()
    {
        _bench.Simulator.GoOffline();
        await Should.ThrowAsync<HttpRequestException>(() => _bench.GetAsync(Me));

        _bench.Simulator.Resume();

        (await _bench.GetAsync(Me)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task TellsWhenARequestArrivesAndWhenItTookEffect()
    {
        var seen = new List<(RequestPhase, int)>();
        _bench.Simulator.OnRequest = (_, path, phase) =>
        {
            if (path == Submit)
                seen.Add((phase, _bench.Simulator.PlatformRuns));
            return Task.CompletedTask;
        };

        await _bench.SendAsync(HttpMethod.Post, Submit, Submission.Python("/Shared/train.py").ToJsonString());

        seen.ShouldBe([(RequestPhase.Before, 0), (RequestPhase.After, 1)]);
    }

    [Fact]
    public async Task RecordsRequestsWithCredentialAndBody()
    {
        await _bench.PostAsync("/api/2.0/workspace/mkdirs", new { path = "/Shared/d" });

        var request = _bench.Simulator.Requests.ShouldHaveSingleItem();
        (request.Method, request.Path, request.FromJob).ShouldBe(("POST", "/api/2.0/workspace/mkdirs", false));
        request.Body.ShouldBe("""{"path":"/Shared/d"}""");
        request.Authorization.ShouldStartWith("Bearer ");
    }

    [Fact]
    public async Task SparesRunningTasksAndTellsThemApart()
    {
        _bench.Simulator.Inject(Fault.Unavailable("GET", "Me") with { Times = 100 });
        const string script = """
            import os, urllib.request
            call = urllib.request.Request(os.environ["DATABRICKS_HOST"] + "/api/2.0/preview/scim/v2/Me",
                headers={"Authorization": "Bearer " + os.environ["DATABRICKS_TOKEN"]})
            print(urllib.request.urlopen(call).status)
            """;

        var run = await _bench.WaitAsync(await _bench.SubmitAsync(script));

        (await _bench.OutputAsync(run))["logs"]!.ToString().ShouldBe("200\n");
        _bench.Simulator.Requests.Single(r => r.Path == Me).FromJob.ShouldBeTrue();
        (await _bench.GetAsync(Me)).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task ForgetsARunThatAnAdministratorDeleted()
    {
        var run = await _bench.SubmitAsync("import time; time.sleep(600)");

        _bench.Simulator.DeleteRun(run);

        (await _bench.GetAsync($"/api/2.2/jobs/runs/get?run_id={run}")).ErrorCode.ShouldBe("INVALID_PARAMETER_VALUE");
        _bench.Simulator.PlatformRuns.ShouldBe(1);
    }
}
