using System.Text.Json.Nodes;
using Bascule.Simulators.Azure.Resources;
using Bascule.Simulators.Tests.ApiManagement;

namespace Bascule.Simulators.Tests.MachineLearning;

/// <summary>The endpoint of the region: a job's MLflow run, models, and logs.</summary>
public sealed class TrackingTests : IAsyncLifetime
{
    private AmlBench _bench = null!;

    public async Task InitializeAsync() => _bench = await AmlBench.StartAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Theory]
    [InlineData("NotStarted", "SCHEDULED")]
    [InlineData("Queued", "SCHEDULED")]
    [InlineData("Running", "RUNNING")]
    [InlineData("NotResponding", "RUNNING")]
    [InlineData("Completed", "FINISHED")]
    [InlineData("Failed", "FAILED")]
    [InlineData("Canceled", "KILLED")]
    public async Task TheRunOfAJobHasItsNameAndItsState(string status, string expected)
    {
        var job = await _bench.SubmitAsync("job-1", ("tags", new { mark = "m" }), ("displayName", "d"));
        job.MoveTo(status);

        var run = (await _bench.RegionAsync("GET", "runs/get?run_id=job-1")).Json["run"]!;

        ((string?)run["info"]!["run_id"]).ShouldBe("job-1");
        ((string?)run["info"]!["run_name"]).ShouldBe("d");
        ((string?)run["info"]!["status"]).ShouldBe(expected);
        run["info"]!.AsObject().ContainsKey("end_time").ShouldBe(status is "Completed" or "Failed" or "Canceled");
        Value(run["data"]!["tags"]!, "mark").ShouldBe("m");
        (await _bench.RegionAsync("GET", "runs/get?run_id=job-2")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task MetricsAreReadAndWritten()
    {
        var job = await _bench.SubmitAsync();
        job.LogMetric("rmse", 0.5, step: 1);
        job.LogMetric("rmse", 0.25, step: 2);
        job.LogParameter("depth", "3");
        job.SetTag("best", "yes");
        var logged = await _bench.RegionAsync(
            "POST",
            "runs/log-metric",
            new
            {
                run_id = "job-1",
                key = "mae",
                value = 1.5,
                timestamp = 1L,
            }
        );

        var data = (await _bench.RegionAsync("GET", "runs/get?run_id=job-1")).Json["run"]!["data"]!;
        var history = await _bench.RegionAsync("GET", "metrics/get-history?run_id=job-1&metric_key=rmse");

        logged.Status.ShouldBe(200);
        data["metrics"]!.AsArray().Single(m => (string?)m!["key"] == "rmse")!["value"]!
            .GetValue<double>()
            .ShouldBe(0.25);
        data["metrics"]!.AsArray().Count.ShouldBe(2);
        (Value(data["params"]!, "depth"), Value(data["tags"]!, "best")).ShouldBe(("3", "yes"));
        history.Json["metrics"]!.AsArray().Count.ShouldBe(2);
        (await _bench.RegionAsync("POST", "runs/log-metric", new { run_id = "job-1", key = "a" })).Status.ShouldBe(400);
        (
            await _bench.RegionAsync(
                "POST",
                "runs/set-tag",
                new
                {
                    run_id = "job-1",
                    key = "a",
                    value = "b",
                    x = 1,
                }
            )
        ).Status.ShouldBe(400);
    }

    [Fact]
    public async Task RunsAreSearchedByTheirTags()
    {
        await _bench.SubmitAsync("job-1", ("tags", new { mark = "m" }), ("experimentName", "churn"));
        await _bench.SubmitAsync("job-2", ("experimentName", "churn"));
        var experiment = await _bench.RegionAsync("GET", "experiments/get-by-name?experiment_name=churn");
        var id = (string?)experiment.Json["experiment"]!["experiment_id"];

        var found = await SearchAsync("tags.mark = 'm'");

        found.Json["runs"]!.AsArray().Select(r => (string?)r!["info"]!["run_id"]).ShouldBe(["job-1"]);
        (await SearchAsync("tags.mark = 'n'")).Json["runs"]!.AsArray().ShouldBeEmpty();
        (await SearchAsync("tags.mark 'n'")).Status.ShouldBe(400);
        (await _bench.RegionAsync("GET", "experiments/get-by-name?experiment_name=none")).Status.ShouldBe(404);

        Task<ApimAnswer> SearchAsync(string filter) =>
            _bench.RegionAsync("POST", "runs/search", new { experiment_ids = new[] { id }, filter });
    }

    [Fact]
    public async Task ModelsOfARunAreFound()
    {
        (await _bench.SubmitAsync()).RegisterModel("churn");
        await _bench.RegionAsync("POST", "registered-models/create", new { name = "other" });
        var body = new
        {
            name = "other",
            source = "azureml://x",
            run_id = "job-1",
        };
        var made = await _bench.RegionAsync("POST", "model-versions/create", body);

        var found = await _bench.RegionAsync("GET", "model-versions/search?filter=run_id%3D%27job-1%27");

        ((string?)made.Json["model_version"]!["version"]).ShouldBe("1");
        found.Json["model_versions"]!.AsArray().Select(v => (string?)v!["name"]).ShouldBe(["churn", "other"]);
        (await _bench.GetAsync("models/other/versions/1")).Property("jobName").ShouldBe("job-1");
        (await _bench.RegionAsync("GET", "model-versions/get?name=churn&version=1")).Status.ShouldBe(200);
        (await _bench.RegionAsync("GET", "model-versions/get?name=churn&version=2")).Status.ShouldBe(404);
        (await _bench.RegionAsync("GET", "registered-models/get?name=none")).Status.ShouldBe(404);
        (await _bench.RegionAsync("GET", "registered-models/search")).Json["registered_models"]!
            .AsArray()
            .Count.ShouldBe(2);
        (await _bench.RegionAsync("POST", "registered-models/create", new { name = "other" })).Status.ShouldBe(400);
        (await _bench.RegionAsync("POST", "model-versions/create", body with { run_id = "none" })).Status.ShouldBe(404);
    }

    [Fact]
    public async Task LogsAreReadByAnAddressOfTheirOwn()
    {
        var job = await _bench.SubmitAsync();
        (await DetailsAsync()).ShouldBeEmpty();
        job.Log("trained\n");
        job.Log("x", "system_logs/a.txt");

        var address = (string)(await DetailsAsync())["user_logs/std_log.txt"]!;
        var log = await _bench.BlobAsync("GET", address);
        var other = address.Replace("user_logs/std_log.txt", "system_logs/a.txt", StringComparison.Ordinal);

        (log.Status, log.Text).ShouldBe((200, "trained\n"));
        (await _bench.BlobAsync("PUT", address, "x")).Status.ShouldBe(403);
        (await _bench.BlobAsync("GET", other)).Status.ShouldBe(403);
        var root = await _bench.RegionAsync("GET", "artifacts/list?run_id=job-1");
        var below = await _bench.RegionAsync("GET", "artifacts/list?run_id=job-1&path=user_logs");
        Paths(root).ShouldBe(["system_logs", "user_logs"]);
        Paths(below).ShouldBe(["user_logs/std_log.txt"]);
        (await _bench.RegionAsync("GET", "/runs/none/details")).Status.ShouldBe(404);
        (await _bench.RegionAsync("GET", "/runs/job-1")).Code.ShouldBe("NotSimulated");
        (await _bench.RegionAsync("POST", "/runs/job-1/details")).Status.ShouldBe(405);

        async Task<JsonObject> DetailsAsync() =>
            (await _bench.RegionAsync("GET", "/runs/job-1/details")).Json["logFiles"]!.AsObject();
    }

    [Fact]
    public async Task TokensAndRolesCountHereToo()
    {
        await _bench.SubmitAsync();
        var (directory, application) = (_bench.Simulator.Directory, _bench.Simulator.Application);
        _bench.Simulator.Assign(application, ArmRole.Read);

        (await _bench.RegionAsync("GET", "runs/get?run_id=job-1")).Status.ShouldBe(200);
        (await _bench.RegionAsync("POST", "runs/search", new { experiment_ids = new[] { "1" } })).Status.ShouldBe(200);
        var refused = await _bench.RegionAsync(
            "POST",
            "runs/set-tag",
            new
            {
                run_id = "job-1",
                key = "a",
                value = "b",
            }
        );
        (refused.Status, (string?)refused.Json["error_code"]).ShouldBe((403, "PERMISSION_DENIED"));
        _bench.Simulator.Assign(application, ArmRole.None);
        (await _bench.RegionAsync("GET", "runs/get?run_id=job-1")).Status.ShouldBe(403);
        (await _bench.RegionAsync("GET", "/runs/job-1/details")).Status.ShouldBe(403);
        _bench.Token = directory.Issue(application, "https://storage.azure.com");
        (await _bench.RegionAsync("GET", "runs/get?run_id=job-1")).Status.ShouldBe(401);
        _bench.Token = null;
        (await _bench.RegionAsync("GET", "/runs/job-1/details")).Status.ShouldBe(401);
    }

    [Fact]
    public async Task AddressesAreThoseOfTheWorkspace()
    {
        var root = _bench.Simulator.TrackingUri.Replace("azureml://", "https://", StringComparison.Ordinal);

        (await _bench.RegionAsync("GET", "odd")).Status.ShouldBe(404);
        (await _bench.SendAsync("GET", new Uri(root + "x/api/2.0/mlflow/experiments/search"))).Status.ShouldBe(404);
        (
            await _bench.SendAsync("GET", new Uri(_bench.Simulator.RegionUrl, "/api/2.0/mlflow/runs/get"))
        ).Status.ShouldBe(404);
        (await _bench.RegionAsync("POST", "experiments/search", new { max_results = 10L })).Status.ShouldBe(200);
    }

    private static string? Value(JsonNode pairs, string key) =>
        (string?)pairs.AsArray().Single(pair => (string?)pair!["key"] == key)!["value"];

    private static IEnumerable<string?> Paths(ApimAnswer answer) =>
        answer.Json["files"]!.AsArray().Select(file => (string?)file!["path"]);
}
