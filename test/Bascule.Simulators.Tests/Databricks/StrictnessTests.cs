using System.Net;

namespace Bascule.Simulators.Tests.Databricks;

public sealed class StrictnessTests : IAsyncLifetime
{
    private Workbench _bench = null!;

    public async Task InitializeAsync() => _bench = await Workbench.StartAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Theory]
    [InlineData("/api/2.2/jobs/runs/submit", """{"tasks":[],"tags":{}}""", "Unknown field 'tags'")]
    [InlineData(
        "/api/2.2/jobs/runs/submit",
        """{"tasks":[{"task_key":"a","spark_python_task":{"python_file":"/a","args":[]}}]}""",
        "Unknown field 'tasks[0].spark_python_task.args'"
    )]
    [InlineData(
        "/api/2.2/jobs/runs/submit",
        """{"tasks":[{"spark_python_task":{"python_file":"/a"}}]}""",
        "Missing required field: tasks[0].task_key"
    )]
    [InlineData(
        "/api/2.2/jobs/runs/submit",
        """{"tasks":[{"task_key":"a","spark_python_task":{"python_file":"/a","source":"GITEA"}}]}""",
        "expected one of GIT, WORKSPACE"
    )]
    [InlineData("/api/2.2/jobs/runs/submit", """{"timeout_seconds":"60"}""", "'timeout_seconds'")]
    [InlineData(
        "/api/2.2/jobs/runs/submit",
        """{"git_source":{"git_provider":"gitea","git_url":"https://x"}}""",
        "git_provider"
    )]
    [InlineData(
        "/api/2.2/jobs/runs/submit",
        """{"environments":[{"environment_key":"a","spec":{"packages":[]}}]}""",
        "'environments[0].spec.packages'"
    )]
    [InlineData("/api/2.2/jobs/run-now", """{"job_id":"1"}""", "'job_id'")]
    [InlineData("/api/2.2/jobs/run-now", """{"job_id":1,"job_parameters":{"a":1}}""", "'job_parameters.a'")]
    [InlineData("/api/2.2/jobs/run-now", """{"job_id":1.5}""", "'job_id'")]
    [InlineData("/api/2.2/jobs/run-now", """{}""", "Missing required field: job_id")]
    [InlineData("/api/2.0/workspace/import", """{"path":"/a","force":true}""", "'force'")]
    [InlineData("/api/2.0/workspace/import", """{"path":"/a","overwrite":"yes"}""", "'overwrite'")]
    [InlineData("/api/2.0/mlflow/runs/log-metric", """{"run_id":"a","key":"k","value":"1","timestamp":1}""", "'value'")]
    [InlineData("/api/2.0/mlflow/runs/search", """{"experiment_ids":"1"}""", "'experiment_ids'")]
    [InlineData(
        "/api/2.0/mlflow/unity-catalog/model-versions/create",
        """{"name":"a.b.c"}""",
        "Missing required field: source"
    )]
    [InlineData(
        "/api/2.0/mlflow/unity-catalog/model-versions/create",
        """{"name":"a.b.c","source":"s","stage":"x"}""",
        "'stage'"
    )]
    public async Task RefusesFieldsThatAreNotPublished(string path, string body, string part) =>
        (await _bench.SendAsync(HttpMethod.Post, path, body)).ShouldBeRefused(
            HttpStatusCode.BadRequest,
            "INVALID_PARAMETER_VALUE",
            part
        );

    [Theory]
    [InlineData("{")]
    [InlineData("""{"job_id":1,"job_id":2}""")]
    [InlineData("""{"job_id":1,}""")]
    public async Task RefusesWhatIsNotJson(string body) =>
        (await _bench.SendAsync(HttpMethod.Post, "/api/2.2/jobs/run-now", body)).ShouldBeRefused(
            HttpStatusCode.BadRequest,
            "MALFORMED_REQUEST",
            "Could not parse request object"
        );

    [Theory]
    [InlineData("/api/2.2/jobs/runs/get?run_id=1&runId=1", "Unknown parameter 'runId'")]
    [InlineData("/api/2.2/jobs/runs/get?run_id=one", "expected int64")]
    [InlineData("/api/2.2/jobs/runs/get?run_id=1&run_id=2", "2 times")]
    [InlineData("/api/2.2/jobs/runs/get", "Missing required field: run_id")]
    [InlineData("/api/2.2/jobs/runs/list?active_only=1", "expected bool")]
    [InlineData("/api/2.2/jobs/runs/list?run_type=ANY", "run_type")]
    [InlineData("/api/2.2/jobs/runs/list?limit=25", "between 1 and 24")]
    [InlineData("/api/2.0/mlflow/unity-catalog/model-versions/get?name=a", "Missing required field: version")]
    public async Task RefusesParametersThatAreNotPublished(string path, string part) =>
        (await _bench.GetAsync(path)).ShouldBeRefused(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", part);

    [Theory]
    [InlineData("GET", "/api/2.2/jobs/runs/submit")]
    [InlineData("POST", "/api/2.1/jobs/runs/submit")]
    [InlineData("GET", "/api/2.0/clusters/list")]
    public async Task KnowsNoOtherEndpoint(string method, string path) =>
        (await _bench.SendAsync(new HttpMethod(method), path, null)).ShouldBeRefused(
            HttpStatusCode.NotFound,
            "ENDPOINT_NOT_FOUND",
            path
        );
}
