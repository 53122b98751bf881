using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Core.Platforms;
using Bascule.Simulators.Databricks;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.Databricks;

/// <summary>Runs of jobs that somebody else started, on the strict simulator.</summary>
[Trait("Threat", "T134")]
public sealed class ForeignJobsTests : IAsyncLifetime
{
    private const string Runs = "/jobs/runs/list$";
    private const string Remote = "https://git.example.com/ml/churn.git";
    private const string Script = "/Shared/nightly.py";
    private static readonly string Commit = new('a', 40);
    private static readonly string Other = new('b', 40);
    private readonly SimulatedDatabricksStage _stage = new();
    private HttpClient _http = null!;

    private DatabricksSimulator Simulator => _stage.Simulator;

    public async Task InitializeAsync()
    {
        await _stage.InitializeAsync();
        _http = _stage.Colleague();
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _stage.DisposeAsync();
    }

    [Fact]
    public async Task ARunIsFoundByTheNameOfItsJobWithAllThatNamesACommit()
    {
        Simulator.SetRemote(Remote, "main", Other);
        var job = await JobAsync(
            "nightly",
            new JsonObject { ["git_commit"] = Commit, ["team"] = "ml" },
            ["commit", "run"],
            new JsonObject
            {
                ["git_url"] = Remote,
                ["git_provider"] = "gitLab",
                ["git_branch"] = "main",
            }
        );
        var id = await RunAsync(job, ("commit", Commit), ("run", "k3v9x2m8qa.forged"));

        var run = (await ReadAsync("nightly")).Runs.ShouldHaveSingleItem();

        run.Id.ShouldBe(ForeignRunId.OfJobRun(id));
        run.Commits.ShouldBe([("git_source:used_commit", Other), ("parameter:commit", Commit)]);
        run.JobCommits.ShouldBe([("job:git_commit", Commit)]);
        (run.Origin, run.Mark).ShouldBe((Remote, "k3v9x2m8qa.forged"));
        (run.Name, run.By, run.State).ShouldBe(("nightly", "admin@example.com", "FAILED"));
        run.StartedAt.ShouldNotBeNull();
        run.Page!.AbsolutePath.ShouldBe($"/jobs/{job}/runs/{id}");
    }

    [Fact]
    public async Task AnIdIsTakenAsItIsAndReadsOnly()
    {
        var job = await JobAsync("nightly", Tags);
        await RunAsync(job);
        var before = Simulator.Requests.Count;

        (await ReadAsync($"{job}")).Runs.Count.ShouldBe(1);

        var calls = Simulator.Requests.Skip(before).Where(call => call.Path != "/oidc/v1/token").ToList();
        calls.Select(call => call.Path).ShouldBe(["/api/2.2/jobs/get", "/api/2.2/jobs/runs/list"]);
        calls.ShouldAllBe(call => call.Method == "GET");
    }

    [Fact]
    public async Task AJobThatIsNamedAndGivenByItsIdIsReadOnce()
    {
        var job = await JobAsync("nightly", Tags);
        await RunAsync(job);

        (await ReadAsync("nightly", $"{job}")).Runs.Count.ShouldBe(1);

        Calls("/runs/list").ShouldBe(1);
    }

    [Fact]
    public async Task OfTwoJobsWithTheSameNameNoneIsGuessed()
    {
        await RunAsync(await JobAsync("nightly", Tags));
        await RunAsync(await JobAsync("nightly", Tags));

        var read = await ReadAsync("nightly");

        read.Runs.ShouldBeEmpty();
        read.Warnings.ShouldHaveSingleItem().ShouldContain("2 jobs are called 'nightly'; write the id");
    }

    [Fact]
    public async Task ANameIsFoundBehindOthersThatDifferInCase()
    {
        var job = await JobAsync("nightly", Tags);
        for (var i = 0; i < 101; i++)
            await JobAsync("NIGHTLY", Tags);
        var id = await RunAsync(job);

        (await ReadAsync("nightly")).Runs.ShouldHaveSingleItem().Id.ShouldBe(ForeignRunId.OfJobRun(id));

        Calls("/jobs/list").ShouldBe(2);
    }

    [Fact]
    public async Task JobsThatAreNotThereAreToldAndTheOthersAreRead()
    {
        await RunAsync(await JobAsync("nightly", Tags));

        var read = await ReadAsync("none", "1", "2", "nightly");

        read.Runs.Count.ShouldBe(1);
        read.Warnings.Count.ShouldBe(3);
        read.Warnings[0].ShouldContain("there is no job 'none'");
        read.Warnings[1].ShouldContain("Job 1 does not exist");
    }

    [Fact]
    public async Task ARunWithoutACommitIsLeftOut()
    {
        await RunAsync(await JobAsync("nightly", new JsonObject { ["team"] = "ml" }));

        (await ReadAsync("nightly")).Runs.ShouldBeEmpty();
    }

    [Fact]
    public async Task ARunOfAnotherJobIsRefusedWhereverItIsListed()
    {
        var job = await JobAsync("nightly", Tags);
        await RunAsync(job);
        await RunAsync(job);
        Simulator.Inject(Fault.Forge("GET", Runs, json => json["runs"]![0]!["job_id"] = 7));

        var read = await ReadAsync("nightly");

        read.Runs.Count.ShouldBe(1);
        read.Warnings.ShouldHaveSingleItem().ShouldContain("holds 1 of other jobs");
    }

    [Fact]
    public async Task AnAnswerAboutAnotherJobIsRefused()
    {
        await RunAsync(await JobAsync("nightly", Tags));
        Simulator.Inject(Fault.Forge("GET", "/jobs/get$", json => json["job_id"] = 7));

        var read = await ReadAsync("nightly");

        read.Runs.ShouldBeEmpty();
        read.Warnings.ShouldHaveSingleItem().ShouldContain("is about another job");
    }

    [Fact]
    public async Task PagesAreFollowed()
    {
        var job = await JobAsync("nightly", Tags);
        for (var i = 0; i < 25; i++)
            await RunAsync(job);

        (await ReadAsync("nightly")).Runs.Count.ShouldBe(25);

        Calls("/runs/list").ShouldBe(2);
    }

    [Fact]
    public async Task TheNewestPageOfEachJobComesBeforeTheSecondOfAny()
    {
        var (busy, quiet) = (await JobAsync("busy", Tags), await JobAsync("quiet", Tags));
        for (var i = 0; i < 25; i++)
            await RunAsync(busy);
        await RunAsync(quiet);

        var read = await ReadAsync([$"{busy}", $"{quiet}"], budget: 4);

        read.Runs.Select(run => run.Name).Distinct().ShouldBe(["busy", "quiet"], ignoreOrder: true);
        read.Runs.Count.ShouldBe(21);
        read.Warnings.ShouldHaveSingleItem().ShouldContain("at most 4 calls");
        (Calls("/jobs/get") + Calls("/runs/list")).ShouldBe(4);
    }

    [Fact]
    public async Task RunsFromBeforeTheLookAreNotAskedFor()
    {
        await RunAsync(await JobAsync("nightly", Tags));

        (await ReadAsync(["nightly"], since: DateTimeOffset.UtcNow.AddDays(1))).Runs.ShouldBeEmpty();
    }

    [Fact]
    public async Task TwoFailuresInARowEndTheLook()
    {
        string[] names = ["one", "two", "three", "four"];
        foreach (var name in names)
            await RunAsync(await JobAsync(name, Tags));
        Simulator.Inject(Fault.Unavailable("GET", Runs) with { Skip = 1, Times = 2 });

        var read = await ReadAsync(names);

        read.Runs.ShouldHaveSingleItem().Name.ShouldBe("one");
        Calls("/runs/list").ShouldBe(3, "the fourth job was not asked for");
        read.Warnings[^1].ShouldContain("two calls in a row failed");
    }

    [Fact]
    public async Task OneFailureBetweenSuccessesEndsNothing()
    {
        string[] names = ["one", "two", "three", "four"];
        foreach (var name in names)
            await RunAsync(await JobAsync(name, Tags));
        Simulator.Inject(Fault.Unavailable("GET", Runs));
        Simulator.Inject(Fault.Unavailable("GET", Runs) with { Skip = 1 });

        var read = await ReadAsync(names);

        read.Runs.Select(run => run.Name).ShouldBe(["two", "four"]);
    }

    [Theory]
    [Trait("Threat", "T143")]
    [InlineData("endless")]
    [InlineData("html")]
    [InlineData("redirect")]
    [InlineData("token")]
    public async Task OutlivesWhateverAnswers(string answer)
    {
        var job = await JobAsync("odd", Tags);
        await RunAsync(job);
        await RunAsync(await JobAsync("nightly", Tags));
        Simulator.Inject(
            answer switch
            {
                "endless" => Fault.EndlessBody("GET", Runs),
                "html" => Fault.Html("GET", Runs, 200),
                "redirect" => Fault.Redirect("GET", Runs, "https://elsewhere.example/"),
                _ => Fault.Forge(
                    "GET",
                    Runs,
                    json => (json["runs"], json["next_page_token"]) = (new JsonArray(), new string('x', 100_000))
                ),
            }
        );

        var read = await ReadAsync("odd", "nightly");

        read.Runs.ShouldHaveSingleItem().Name.ShouldBe("nightly");
        Calls("/runs/list").ShouldBe(2);
        read.Warnings.Count.ShouldBe(answer == "token" ? 0 : 1, "a token that is too long is not sent back");
    }

    [Fact]
    [Trait("Threat", "T143")]
    public async Task OfAPageNoMoreIsTakenThanWasAskedFor()
    {
        var job = await JobAsync("nightly", Tags);
        await RunAsync(job);
        Simulator.Inject(
            Fault.Forge(
                "GET",
                Runs,
                json =>
                {
                    var runs = json["runs"]!.AsArray();
                    for (var i = 0; i < 500; i++)
                    {
                        var more = runs[0]!.DeepClone();
                        more["run_id"] = 1000 + i;
                        runs.Add(more);
                    }
                }
            )
        );

        (await ReadAsync("nightly")).Runs.Count.ShouldBe(20);
    }

    [Fact]
    [Trait("Threat", "T113")]
    public async Task WhatOthersWroteIsCleanedAndCutAndNoOtherPageIsLinked()
    {
        var job = await JobAsync(
            "night\u001b[2J\u202ely",
            new JsonObject { ["git_commit"] = new string('x', 4000) },
            ["commit"]
        );
        await RunAsync(job, ("commit", "\u001b[31m--upload-pack"));
        Simulator.Inject(
            Fault.Forge("GET", Runs, json => json["runs"]![0]!["run_page_url"] = "https://elsewhere.example/run")
        );

        var run = (await ReadAsync($"{job}")).Runs.ShouldHaveSingleItem();

        run.Name.ShouldBe("nightly");
        run.JobCommits[0].Value.Length.ShouldBeLessThanOrEqualTo(200);
        run.Commits.ShouldBe([("parameter:commit", "--upload-pack")]);
        run.Page.ShouldBeNull();
    }

    [Fact]
    public async Task ARunThatEndsLaterIsTheSameRunWithAnotherState()
    {
        await ImportAsync(Script, "import os, time\nwhile not os.path.exists('go.txt'):\n    time.sleep(0.05)\n");
        var job = await JobAsync("nightly", Tags);
        var id = await StartAsync(job);
        await WaitAsync(id, state => state == "RUNNING");

        var going = (await ReadAsync("nightly")).Runs.ShouldHaveSingleItem();
        await ImportAsync("/Shared/go.txt", "go");
        await WaitAsync(id, state => state == "TERMINATED");
        var ended = (await ReadAsync("nightly")).Runs.ShouldHaveSingleItem();

        (going.State, ended.State).ShouldBe(("RUNNING", "SUCCESS"));
        ended.Id.ShouldBe(going.Id);
    }

    [Fact]
    public async Task ARepairedRunIsTheSameRunAndOneThatIsStartedAgainIsAnother()
    {
        var job = await JobAsync("nightly", Tags);
        var first = await RunAsync(job);
        var failed = (await ReadAsync("nightly")).Runs.ShouldHaveSingleItem();

        await ImportAsync(Script, "print('mended')");
        await PostAsync("runs/repair", new JsonObject { ["run_id"] = first, ["rerun_all_failed_tasks"] = true });
        await WaitAsync(first, state => state == "TERMINATED");
        var second = await RunAsync(job);
        var read = await ReadAsync("nightly");

        failed.State.ShouldBe("FAILED");
        read.Runs.Select(run => (run.Id, run.State))
            .ShouldBe([(ForeignRunId.OfJobRun(second), "SUCCESS"), (ForeignRunId.OfJobRun(first), "SUCCESS")]);
    }

    [Fact]
    public void AnEnvironmentThatNamesAJobObserves() =>
        ((IObservesForeignRuns)_stage.Connect()).Observes(Observing(["nightly"])).ShouldBeTrue();

    private static JsonObject Tags => new() { ["git_commit"] = Commit };

    private Task<ForeignRuns> ReadAsync(params string[] jobs) => ReadAsync(jobs, budget: 50);

    private async Task<ForeignRuns> ReadAsync(string[] jobs, int budget = 50, DateTimeOffset since = default)
    {
        var look = new ForeignLook(
            "ml-dev",
            Observing(jobs),
            _stage.Identity,
            budget,
            (_, _) => Task.FromResult<IReadOnlySet<string>>(new HashSet<string>())
        )
        {
            Since = since,
        };
        var read = await ((IObservesForeignRuns)_stage.Connect()).ReadForeignRunsAsync(look, default);
        read.Problem.ShouldBeNull();
        return read.Value;
    }

    private PlatformEnvironment Observing(string[] jobs) =>
        _stage.EnvironmentOf($$"""{"catalog":"dev","observe":{"jobs":{{JsonSerializer.Serialize(jobs)}}} }""");

    private async Task<long> JobAsync(
        string name,
        JsonObject tags,
        string[]? parameters = null,
        JsonObject? gitSource = null
    )
    {
        var task = new JsonObject
        {
            ["task_key"] = "main",
            ["environment_key"] = "default",
            ["spark_python_task"] = new JsonObject { ["python_file"] = Script, ["source"] = "WORKSPACE" },
        };
        var environment = new JsonObject
        {
            ["environment_key"] = "default",
            ["spec"] = new JsonObject { ["environment_version"] = "4" },
        };
        var made = await PostAsync(
            "create",
            new JsonObject
            {
                ["name"] = name,
                ["tags"] = tags,
                ["git_source"] = gitSource,
                ["parameters"] = new JsonArray([
                    .. (parameters ?? []).Select(one => (JsonNode?)new JsonObject { ["name"] = one, ["default"] = "" }),
                ]),
                ["tasks"] = new JsonArray(task),
                ["environments"] = new JsonArray(environment),
            }
        );
        return made["job_id"]!.GetValue<long>();
    }

    /// <summary>To its end, which is soon: without a script it fails.</summary>
    private async Task<long> RunAsync(long job, params (string Name, string Value)[] parameters)
    {
        var id = await StartAsync(job, parameters);
        await WaitAsync(id, state => state == "TERMINATED");
        return id;
    }

    private async Task<long> StartAsync(long job, params (string Name, string Value)[] parameters)
    {
        var body = new JsonObject { ["job_id"] = job };
        if (parameters.Length > 0)
            body["job_parameters"] = new JsonObject(
                parameters.Select(one => KeyValuePair.Create(one.Name, (JsonNode?)one.Value))
            );
        return (await PostAsync("run-now", body))["run_id"]!.GetValue<long>();
    }

    private async Task WaitAsync(long run, Func<string, bool> isThere)
    {
        var deadline = DateTimeOffset.UtcNow.AddMinutes(1);
        while (DateTimeOffset.UtcNow < deadline)
        {
            var id = run.ToString(CultureInfo.InvariantCulture);
            var seen = await _http.GetFromJsonAsync<JsonObject>($"/api/2.2/jobs/runs/get?run_id={id}");
            if (isThere(seen!["status"]!["state"]!.GetValue<string>()))
                return;
            await Task.Delay(20);
        }
        throw new TimeoutException($"run {run} did not get there");
    }

    private async Task ImportAsync(string path, string text)
    {
        using var answer = await _http.PostAsJsonAsync(
            "/api/2.0/workspace/import",
            new
            {
                path,
                format = "AUTO",
                overwrite = true,
                content = Convert.ToBase64String(Encoding.UTF8.GetBytes(text)),
            }
        );
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }

    private async Task<JsonObject> PostAsync(string path, JsonObject body)
    {
        using var answer = await _http.PostAsJsonAsync($"/api/2.2/jobs/{path}", body);
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonNode.Parse(text)!.AsObject();
    }

    private int Calls(string end) =>
        Simulator.Requests.Count(request => request.Path.EndsWith(end, StringComparison.Ordinal));
}
