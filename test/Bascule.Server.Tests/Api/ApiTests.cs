using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Bascule.Core;
using Bascule.Core.Deliveries;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Testing.Runs;
using static Bascule.Testing.Runs.RunBuilder;

namespace Bascule.Server.Tests.Api;

public sealed class ApiTests : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private LocalServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await LocalServer.StartAsync();
        _server.Repositories.Add(Churn, "ml", "churn");
        _http.BaseAddress = new Uri(_server.Local, "/api/v1/");
        _http.DefaultRequestHeaders.Authorization = new("Bearer", _server.Token.Reveal());
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("no token", null)]
    [InlineData("an empty one", "Bearer ")]
    [InlineData("another one", "Bearer 0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("another scheme", "Basic {token}")]
    [InlineData("the token alone", "{token}")]
    [Trait("Threat", "T153")]
    public async Task RefusesWhoeverHas(string what, string? authorization)
    {
        var run = _server.Runs.Add(ARun(RunState.Started));
        foreach (var (method, path) in Addresses(run.Id))
        {
            using var request = new HttpRequestMessage(method, new Uri(_server.Local, path));
            var value = authorization?.Replace("{token}", _server.Token.Reveal(), StringComparison.Ordinal);
            if (value is not null)
                request.Headers.TryAddWithoutValidation("Authorization", value);
            using var bare = new HttpClient();

            using var answer = await bare.SendAsync(request);

            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, $"{method} {path} with {what}");
            (await answer.Content.ReadAsStringAsync()).ShouldNotContain("0.1.0");
        }
        _server.Commands.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task TellsVersionAndUptime()
    {
        var status = await GetAsync("status");

        status.GetProperty("version").GetString().ShouldNotBeNullOrEmpty();
        status.GetProperty("uptime_seconds").GetInt64().ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public async Task ListsRunsNewestFirst()
    {
        var older = _server.Runs.Add(ARun());
        var newer = _server.Runs.Add(ARun(RunState.AwaitingApproval, minutes: 1).OfPullRequest(118));

        var runs = (await GetAsync("runs")).GetProperty("runs");

        runs.EnumerateArray().Select(Id).ShouldBe([newer.Id.Text, older.Id.Text]);
        runs[0].GetProperty("state").GetString().ShouldBe("awaiting_approval");
        runs[0].GetProperty("pull_request").GetInt64().ShouldBe(118);
        runs[0].GetProperty("created_at").GetString().ShouldBe("2026-11-20T12:01:00.000Z");
    }

    [Fact]
    public async Task TurnsPages()
    {
        var runs = Enumerable.Range(0, 5).Select(minute => _server.Runs.Add(ARun(minutes: minute)).Id.Text).ToList();

        var first = await GetAsync("runs?limit=3");
        var rest = await GetAsync($"runs?limit=3&before={first.GetProperty("next").GetString()}");

        first.GetProperty("runs").EnumerateArray().Select(Id).ShouldBe([runs[4], runs[3], runs[2]]);
        rest.GetProperty("runs").EnumerateArray().Select(Id).ShouldBe([runs[1], runs[0]]);
        rest.GetProperty("next").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData("repository=ml/churn", 3)]
    [InlineData("repository=forge1/7", 3)]
    [InlineData("workflow=churn", 3)]
    [InlineData("workflow=other", 0)]
    [InlineData("state=failed", 1)]
    [InlineData("ref=main", 2)]
    [InlineData("ref=refs/pull/118/head", 1)]
    [InlineData("pull_request=118", 1)]
    [InlineData("state=failed&ref=main", 0)]
    public async Task NarrowsTheListBy(string query, int count)
    {
        _server.Runs.Add(ARun());
        _server.Runs.Add(ARun(RunState.Started, minutes: 1));
        _server.Runs.Add(ARun(RunState.Failed, minutes: 2).OfPullRequest(118));

        (await GetAsync("runs?" + query)).GetProperty("runs").GetArrayLength().ShouldBe(count);
    }

    [Theory]
    [InlineData("state=great", "succeeded")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=501", "limit")]
    [InlineData("before=nope", "before")]
    [InlineData("ref=a..b", "ref")]
    [InlineData("pull_request=x", "pull_request")]
    [InlineData("commit=9f3ac71", "commit")]
    public async Task RefusesAQueryItDoesNotUnderstand(string query, string hint)
    {
        using var answer = await _http.GetAsync("runs?" + query);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await DetailAsync(answer)).ShouldContain(hint);
    }

    [Fact]
    public async Task SaysThatItDoesNotKnowARepository()
    {
        using var answer = await _http.GetAsync("runs?repository=ml/nope");

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await DetailAsync(answer)).ShouldContain("ml/nope");
    }

    [Fact]
    public async Task ShowsEverythingAboutARun()
    {
        var @base = _server.Runs.Add(ARun());
        _server.Runs.SetMetrics(@base.Id, new Metric("rmse", 0.4));
        var run = _server.Runs.Add(ARun(minutes: 1) with { Plan = """{"task":{"python":"train.py"}}""" });
        _server.Runs.SetMetrics(run.Id, new Metric("rmse", 0.3), new Metric("loss", double.NaN));
        _server.Runs.SetModels(run.Id, new ModelVersion("main.churn.classifier", "2", new Uri("https://dbx/m")));
        _server.Runs.SetTimeline(run.Id, new TimelineEntry(Noon, "plan", "1 task"));
        _server.Runs.SetLog(run.Id, "epoch 1\nepoch 2\n");

        var detail = await GetAsync($"runs/{run.Id}");

        detail.GetProperty("run").GetProperty("id").GetString().ShouldBe(run.Id.Text);
        detail.GetProperty("base_run").GetString().ShouldBe(@base.Id.Text);
        detail.GetProperty("metrics")[0].GetProperty("base").GetDouble().ShouldBe(0.4);
        detail.GetProperty("metrics")[1].GetProperty("value").GetString().ShouldBe("NaN");
        detail.GetProperty("run").GetProperty("models")[0].GetProperty("version").GetString().ShouldBe("2");
        detail.GetProperty("timeline")[0].GetProperty("step").GetString().ShouldBe("plan");
        detail.GetProperty("plan").GetProperty("task").GetProperty("python").GetString().ShouldBe("train.py");
        detail.GetProperty("log").GetString().ShouldBe("epoch 1\nepoch 2\n");
    }

    [Fact]
    [Trait("Threat", "T113")]
    public async Task CleansWhatOthersWrote()
    {
        var run = ARun(RunState.Failed) with { CommitSubject = "a\u001b[31mb\r\nc\u202e", Reason = "no\u0007" };
        _server.Runs.Add(run with { PlatformPage = new Uri("javascript:alert(1)") });
        _server.Runs.SetLog(run.Id, "\u001b[2Jhidden\0");

        var detail = await GetAsync($"runs/{run.Id}");

        detail.GetProperty("run").GetProperty("commit_subject").GetString().ShouldBe("ab c");
        detail.GetProperty("run").GetProperty("reason").GetString().ShouldBe("no");
        detail.GetProperty("run").GetProperty("platform_page").ValueKind.ShouldBe(JsonValueKind.Null);
        detail.GetProperty("log").GetString().ShouldBe("hidden");
    }

    [Theory]
    [InlineData("runs/zzzzzzzzzz")]
    [InlineData("runs/not-a-run-id")]
    [InlineData("nothing/here")]
    public async Task AnswersWithAProblemWhereThereIsNothing(string path)
    {
        using var answer = await _http.GetAsync(path);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task CancelsARunOnce()
    {
        var run = _server.Runs.Add(ARun(RunState.Started));

        using var accepted = await _http.PostAsync($"runs/{run.Id}/cancel", null);

        accepted.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var record = await accepted.Content.ReadFromJsonAsync<JsonElement>();
        record.GetProperty("cancel_requested").GetBoolean().ShouldBeTrue();
        _server.Commands.Asked.ShouldBe([$"cancel {run.Id} by operator"]);
    }

    [Fact]
    public async Task RefusesToCancelWhatHasEnded()
    {
        var run = _server.Runs.Add(ARun());

        using var answer = await _http.PostAsync($"runs/{run.Id}/cancel", null);

        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await DetailAsync(answer)).ShouldContain("ended");
    }

    [Fact]
    public async Task StartsARunAgain()
    {
        var run = _server.Runs.Add(ARun(RunState.Failed));

        using var answer = await _http.PostAsync($"runs/{run.Id}/retry", null);

        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("ordinal").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task ReproducesARunForAReason()
    {
        var run = _server.Runs.Add(ARun(RunState.Failed) with { PlatformRunId = "884" });

        using var answer = await _http.PostAsync($"runs/{run.Id}/reproduce?because=an%20audit&register=true", null);

        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        var made = await answer.Content.ReadFromJsonAsync<JsonElement>();
        made.GetProperty("reproduces").GetString().ShouldBe(run.Id.Text);
        _server.Commands.Asked.ShouldBe([$"reproduce {run.Id} by operator because an audit, to be registered"]);
    }

    [Fact]
    public async Task ReproducesNothingForAReasonWithoutEnd()
    {
        var run = _server.Runs.Add(ARun() with { PlatformRunId = "884" });

        using var answer = await _http.PostAsync($"runs/{run.Id}/reproduce?because={new string('x', 501)}", null);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        _server.Commands.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task PassesOnWhenToComeBack()
    {
        _server.Commands.Refusal = Problem.Limited("too many", TimeSpan.FromSeconds(7));
        var run = _server.Runs.Add(ARun());

        using var answer = await _http.PostAsync($"runs/{run.Id}/retry", null);

        answer.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(7));
    }

    [Fact]
    public async Task ListsDeliveriesAndWhatWasSetAside()
    {
        _server.Deliveries.Add(ADelivery("push"));
        var item = new WorkItem(41, "ref:1", "event", "d1", 5, Noon);
        _server.Quarantine.Items = [new QuarantinedItem(item, "the forge answers nonsense", Noon)];

        var delivery = (await GetAsync("deliveries")).GetProperty("deliveries")[0];
        var aside = (await GetAsync("quarantined")).GetProperty("quarantined")[0];

        delivery.GetProperty("repository").GetString().ShouldBe("ml/churn");
        delivery.GetProperty("standing").GetString().ShouldBe("replayed");
        aside.GetProperty("id").GetString().ShouldBe("41");
        aside.GetProperty("reason").GetString().ShouldBe("the forge answers nonsense");
    }

    [Fact]
    public async Task TurnsThePagesOfBothLists()
    {
        _server.Deliveries.Add(ADelivery("push"));
        _server.Deliveries.Add(ADelivery("create") with { Uid = "d2" });
        _server.Quarantine.Items =
        [
            new QuarantinedItem(new WorkItem(42, "ref:1", "event", "d2", 5, Noon), "no", Noon),
            new QuarantinedItem(new WorkItem(41, "ref:1", "event", "d1", 5, Noon), "no", Noon),
        ];

        var delivery = (await GetAsync("deliveries?before=d2")).GetProperty("deliveries")[0];
        var aside = (await GetAsync("quarantined?before=42&limit=5")).GetProperty("quarantined");

        delivery.GetProperty("uid").GetString().ShouldBe("d1");
        aside.EnumerateArray().ShouldHaveSingleItem().GetProperty("id").GetString().ShouldBe("41");
    }

    [Theory]
    [InlineData("deliveries?before=d9")]
    [InlineData("quarantined?before=9")]
    [InlineData("quarantined?before=x")]
    public async Task APageAfterWhatIsNotThereIsNotFound(string path)
    {
        using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative));

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await DetailAsync(answer)).ShouldContain("list again from the newest");
    }

    private static Delivery ADelivery(string name) =>
        new()
        {
            Uid = "d1",
            WebhookUid = "w1",
            Repository = Churn,
            DeliveryId = "f1",
            EventName = name,
            BodyDigest = "",
            Json = default,
            ReceivedAt = Noon,
            Standing = DeliveryStanding.Replayed,
        };

    private static IEnumerable<(HttpMethod, string)> Addresses(RunId run) =>
        [
            (HttpMethod.Get, "/api/v1/status"),
            (HttpMethod.Get, "/api/v1/runs"),
            (HttpMethod.Get, $"/api/v1/runs/{run}"),
            (HttpMethod.Post, $"/api/v1/runs/{run}/cancel"),
            (HttpMethod.Post, $"/api/v1/runs/{run}/retry"),
            (HttpMethod.Post, $"/api/v1/runs/{run}/reproduce"),
            (HttpMethod.Get, "/api/v1/deliveries"),
            (HttpMethod.Get, "/api/v1/quarantined"),
            (HttpMethod.Get, "/api/v1/nothing"),
        ];

    private static string? Id(JsonElement run) => run.GetProperty("id").GetString();

    private async Task<JsonElement> GetAsync(string path) => await _http.GetFromJsonAsync<JsonElement>(path);

    private static async Task<string> DetailAsync(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString()!;
}
