using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bascule.Simulators.Tests.Databricks;

public sealed class LaunchTests : IAsyncLifetime
{
    private const string Submit = "/api/2.2/jobs/runs/submit";
    private Workbench _bench = null!;

    public async Task InitializeAsync() => _bench = await Workbench.StartAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task LaunchesOnceUnderOneToken()
    {
        var first = await _bench.SubmitAsync("pass", new { idempotency_token = "t" });
        var second = await _bench.SubmitAsync("pass", new { idempotency_token = "t", run_name = "other" });
        var other = await _bench.SubmitAsync("pass", new { idempotency_token = "u" });

        second.ShouldBe(first);
        other.ShouldNotBe(first);
        _bench.Simulator.PlatformRuns.ShouldBe(2);
        _bench
            .Simulator.Submitted.Select(s => (s.IdempotencyToken, s.Launched))
            .ShouldBe([("t", true), ("t", false), ("u", true)]);
    }

    [Fact]
    public async Task LaunchesOnceWhenManyAskAtOnce()
    {
        await _bench.ImportAsync("/Shared/train.py", "pass");
        var body = Submission.Python("/Shared/train.py");
        body["idempotency_token"] = "t";

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => _bench.SendAsync(HttpMethod.Post, Submit, body.ToJsonString()))
        );

        answers.Select(a => a.Json["run_id"]!.GetValue<long>()).Distinct().ShouldHaveSingleItem();
        _bench.Simulator.PlatformRuns.ShouldBe(1);
    }

    [Fact]
    public async Task RefusesTheTokenOfADeletedRun()
    {
        var run = await _bench.SubmitAsync("pass", new { idempotency_token = "t" });
        await _bench.WaitAsync(run);
        await _bench.PostAsync("/api/2.2/jobs/runs/delete", new { run_id = run });
        var body = Submission.Python("/Shared/train.py");
        body["idempotency_token"] = "t";

        (await _bench.SendAsync(HttpMethod.Post, Submit, body.ToJsonString())).ShouldBeRefused(
            HttpStatusCode.BadRequest,
            "INVALID_STATE",
            "deleted"
        );
        (await _bench.GetAsync($"/api/2.2/jobs/runs/get?run_id={run}")).ShouldBeRefused(
            HttpStatusCode.BadRequest,
            "INVALID_PARAMETER_VALUE",
            $"Run {run} does not exist."
        );
    }

    [Theory]
    [InlineData(64, HttpStatusCode.OK)]
    [InlineData(65, HttpStatusCode.BadRequest)]
    public async Task TakesATokenOfAtMost64Characters(int length, HttpStatusCode status)
    {
        var body = Submission.Python("/Shared/train.py");
        body["idempotency_token"] = new string('t', length);

        (await _bench.SendAsync(HttpMethod.Post, Submit, body.ToJsonString())).Status.ShouldBe(status);
    }

    public static TheoryData<string, string, string> Refused() =>
        new()
        {
            { "no tasks", """{"tasks":[]}""", "1 to 100 tasks" },
            { "no kind", """{"tasks":[{"task_key":"a"}]}""", "exactly one kind" },
            {
                "two kinds",
                """{"tasks":[{"task_key":"a","notebook_task":{"notebook_path":"/n"},"spark_python_task":{"python_file":"/a"}}]}""",
                "exactly one kind"
            },
            {
                "other kind",
                """{"tasks":[{"task_key":"a","python_wheel_task":{"entry_point":"m","package_name":"p"}}]}""",
                "spark_python_task and notebook_task only"
            },
            {
                "serverless without environment",
                """{"tasks":[{"task_key":"a","spark_python_task":{"python_file":"/a"}}]}""",
                "environment_key is required"
            },
            {
                "unknown environment",
                """{"tasks":[{"task_key":"a","environment_key":"e","spark_python_task":{"python_file":"/a"}}]}""",
                "not in environments"
            },
            {
                "environment without version",
                """{"environments":[{"environment_key":"e","spec":{"dependencies":[]}}],"tasks":[{"task_key":"a","environment_key":"e","spark_python_task":{"python_file":"/a"}}]}""",
                "needs environment_version"
            },
            {
                "version that is no integer",
                """{"environments":[{"environment_key":"e","spec":{"environment_version":"latest"}}],"tasks":[{"task_key":"a","environment_key":"e","spark_python_task":{"python_file":"/a"}}]}""",
                "must be an integer"
            },
            {
                "unknown cluster",
                """{"tasks":[{"task_key":"a","existing_cluster_id":"c","spark_python_task":{"python_file":"/a"}}]}""",
                "Cluster c does not exist"
            },
            {
                "unknown policy",
                """{"tasks":[{"task_key":"a","new_cluster":{"policy_id":"p","spark_version":"17"},"spark_python_task":{"python_file":"/a"}}]}""",
                "cluster policy with id: p"
            },
            {
                "two computes",
                """{"tasks":[{"task_key":"a","environment_key":"e","existing_cluster_id":"c","spark_python_task":{"python_file":"/a"}}]}""",
                "exclude each other"
            },
            {
                "git",
                """{"git_source":{"git_provider":"gitHub","git_url":"https://x"},"tasks":[{"task_key":"a","notebook_task":{"notebook_path":"n"}}]}""",
                "git_source"
            },
            {
                "relative path",
                """{"tasks":[{"task_key":"a","notebook_task":{"notebook_path":"n"}}]}""",
                "absolute workspace path"
            },
            {
                "circle",
                """{"tasks":[{"task_key":"a","depends_on":[{"task_key":"a"}],"notebook_task":{"notebook_path":"/n"}}]}""",
                "depend on each other"
            },
            {
                "same key",
                """{"tasks":[{"task_key":"a","notebook_task":{"notebook_path":"/n"}},{"task_key":"a","notebook_task":{"notebook_path":"/n"}}]}""",
                "unique"
            },
            { "odd key", """{"tasks":[{"task_key":"a b","notebook_task":{"notebook_path":"/n"}}]}""", "task_key" },
            {
                "run as nobody",
                """{"run_as":{"service_principal_name":"x"},"tasks":[{"task_key":"a","notebook_task":{"notebook_path":"/n"}}]}""",
                "run_as"
            },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task RefusesATaskThatCannotRun(string name, string body, string part)
    {
        (await _bench.SendAsync(HttpMethod.Post, Submit, body)).ShouldBeRefused(
            HttpStatusCode.BadRequest,
            "INVALID_PARAMETER_VALUE",
            part
        );

        _bench.Simulator.PlatformRuns.ShouldBe(0, name);
    }

    [Theory]
    [InlineData("""{"existing_cluster_id":"c"}""")]
    [InlineData("""{"new_cluster":{"policy_id":"p","apply_policy_default_values":true}}""")]
    [InlineData("""{"new_cluster":{"spark_version":"17.3.x-scala2.13","node_type_id":"n","num_workers":1}}""")]
    public async Task TakesComputeThatExists(string compute)
    {
        _bench.Simulator.AddCluster("c");
        _bench.Simulator.AddClusterPolicy("p");
        await _bench.ImportAsync("/Shared/train.py", "print('on a cluster')");
        var task = JsonNode.Parse(compute)!.AsObject();
        task["task_key"] = "a";
        task["spark_python_task"] = JsonSerializer.SerializeToNode(new { python_file = "/Shared/train.py" });

        var answer = await _bench.SendAsync(
            HttpMethod.Post,
            Submit,
            new JsonObject { ["tasks"] = new JsonArray(task) }.ToJsonString()
        );

        var run = await _bench.WaitAsync(answer.Json["run_id"]!.GetValue<long>());
        (await _bench.OutputAsync(run))["logs"]!.ToString().ShouldBe("on a cluster\n");
    }

    [Fact]
    public async Task StartsAnExistingJobWithItsParameters()
    {
        await _bench.ImportAsync("/Shared/train.py", "import sys; print(sys.argv[1:])");
        var settings = Submission.Python(
            "/Shared/train.py",
            "{{job.parameters.commit}}",
            "{{job.parameters.mode}}",
            "{{else}}"
        );
        settings.Remove("run_name");
        settings["name"] = "nightly";
        settings["parameters"] = JsonSerializer.SerializeToNode(
            new[] { new { name = "commit", @default = "" }, new { name = "mode", @default = "full" } }
        );
        var job = (await _bench.SendAsync(HttpMethod.Post, "/api/2.2/jobs/create", settings.ToJsonString())).Json[
            "job_id"
        ]!;

        var answer = await _bench.PostAsync(
            "/api/2.2/jobs/run-now",
            new { job_id = job, job_parameters = new { commit = "abc" } }
        );
        var refused = await _bench.PostAsync(
            "/api/2.2/jobs/run-now",
            new { job_id = job, job_parameters = new { branch = "x" } }
        );

        var run = await _bench.WaitAsync(answer.Json["run_id"]!.GetValue<long>());
        (await _bench.OutputAsync(run))["logs"]!.ToString().ShouldBe("['abc', 'full', '{{else}}']\n");
        (run["run_type"]!.ToString(), run["job_id"]!.ToString()).ShouldBe(("JOB_RUN", job.ToString()));
        refused.ShouldBeRefused(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "no parameter 'branch'");
    }

    [Fact]
    public async Task FindsJobsByNameAndById()
    {
        var settings = Submission.Python("/Shared/train.py");
        settings.Remove("run_name");
        settings["name"] = "nightly";
        var job = (await _bench.SendAsync(HttpMethod.Post, "/api/2.2/jobs/create", settings.ToJsonString())).Json[
            "job_id"
        ]!.ToString();

        (await _bench.GetAsync("/api/2.2/jobs/list?name=Nightly")).Json["jobs"]![0]!["job_id"]!
            .ToString()
            .ShouldBe(job);
        (await _bench.GetAsync($"/api/2.2/jobs/get?job_id={job}")).Json["settings"]!["name"]!
            .ToString()
            .ShouldBe("nightly");
        (await _bench.GetAsync("/api/2.2/jobs/get?job_id=1")).ShouldBeRefused(
            HttpStatusCode.BadRequest,
            "INVALID_PARAMETER_VALUE",
            "Job 1 does not exist."
        );
    }
}
