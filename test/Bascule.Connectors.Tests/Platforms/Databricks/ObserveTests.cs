using System.Text;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Tests.Platforms.Databricks;

public sealed class ObserveTests : IDisposable
{
    private readonly DatabricksFixture _fixture = new();

    private FakeWorkspace Workspace => _fixture.Workspace;

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("""{"status":{"state":"PENDING"}}""", PlatformRunState.Waiting)]
    [InlineData(
        """{"status":{"state":"QUEUED","queue_details":{"code":"X","message":"wait"}}}""",
        PlatformRunState.Waiting
    )]
    [InlineData("""{"status":{"state":"BLOCKED"}}""", PlatformRunState.Waiting)]
    [InlineData("""{"status":{"state":"WAITING"}}""", PlatformRunState.Waiting)]
    [InlineData("""{"status":{"state":"RUNNING"}}""", PlatformRunState.Running)]
    [InlineData("""{"status":{"state":"TERMINATING"}}""", PlatformRunState.Running)]
    [InlineData("""{"state":{"life_cycle_state":"RUNNING"}}""", PlatformRunState.Running)]
    [InlineData("""{"state":{"life_cycle_state":"WAITING_FOR_RETRY"}}""", PlatformRunState.Waiting)]
    [InlineData("{}", PlatformRunState.Waiting)]
    public async Task TellsWhereARunIs(string json, PlatformRunState state)
    {
        Answer(json);

        var seen = await _fixture.Platform.ObserveAsync(_fixture.Started, default);

        seen.Value.State.ShouldBe(state);
        seen.Value.IsTerminal.ShouldBeFalse();
        Workspace.To("/get-output").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("TERMINATED", "SUCCESS", "SUCCESS", PlatformRunState.Succeeded, null)]
    [InlineData("TERMINATED", null, "SUCCESS", PlatformRunState.Succeeded, null)]
    [InlineData("TERMINATED", "FAILED", "RUN_EXECUTION_ERROR", PlatformRunState.Failed, null)]
    [InlineData("TERMINATED", "CANCELED", "USER_CANCELED", PlatformRunState.Canceled, null)]
    [InlineData("TERMINATED", null, "USER_CANCELED", PlatformRunState.Canceled, null)]
    [InlineData("TERMINATED", "TIMEDOUT", "CANCELED", PlatformRunState.Failed, "longer than its timeout")]
    [InlineData(
        "TERMINATED",
        "MAXIMUM_CONCURRENT_RUNS_REACHED",
        "SKIPPED",
        PlatformRunState.Failed,
        "no more runs side by side"
    )]
    [InlineData(
        "TERMINATED",
        "SUCCESS_WITH_FAILURES",
        "SUCCESS_WITH_FAILURES",
        PlatformRunState.Failed,
        "some tasks failed"
    )]
    [InlineData("TERMINATED", "UPSTREAM_FAILED", null, PlatformRunState.Failed, "a task before it failed")]
    [InlineData("TERMINATED", "EXCLUDED", null, PlatformRunState.Failed, "did not run")]
    [InlineData("SKIPPED", null, "SKIPPED", PlatformRunState.Failed, "skipped")]
    [InlineData("INTERNAL_ERROR", "FAILED", "CLUSTER_ERROR", PlatformRunState.Failed, "the compute failed")]
    [InlineData("INTERNAL_ERROR", null, null, PlatformRunState.Failed, "could not run it")]
    [InlineData("TERMINATED", null, "LIBRARY_INSTALLATION_ERROR", PlatformRunState.Failed, "dependency")]
    [InlineData("TERMINATED", null, "SOMETHING_NEW", PlatformRunState.Failed, null)]
    public async Task TellsHowARunEnded(
        string lifeCycle,
        string? result,
        string? code,
        PlatformRunState state,
        string? words
    )
    {
        var json = new JsonObject
        {
            ["status"] = new JsonObject
            {
                ["state"] = "TERMINATED",
                ["termination_details"] = new JsonObject { ["code"] = code, ["message"] = "their words" },
            },
            ["state"] = new JsonObject { ["life_cycle_state"] = lifeCycle, ["result_state"] = result },
        };
        Answer(json.ToJsonString());

        var seen = await _fixture.Platform.ObserveAsync(_fixture.Started, default);

        seen.Value.State.ShouldBe(state);
        seen.Value.Message.ShouldNotBeNull().ShouldEndWith("their words");
        seen.Value.Message.ShouldContain(words ?? "their words");
    }

    [Fact]
    public async Task ReadsTheEndOfTheTasksLog()
    {
        var log = string.Concat(Enumerable.Repeat("é0123456789\n", 10_000)) + "last line";
        AnswerEnded(
            new JsonObject
            {
                ["logs"] = log,
                ["error"] = "ZeroDivisionError",
                ["error_trace"] = "Traceback…",
            }
        );

        var seen = await _fixture.Platform.ObserveAsync(_fixture.Started, default);

        Encoding.UTF8.GetByteCount(seen.Value.LogTail!).ShouldBeInRange(64 * 1024 - 3, 64 * 1024);
        seen.Value.LogTail!.ShouldEndWith("last line\nTraceback…\nZeroDivisionError");
        seen.Value.LogTail!.ShouldNotContain("\ufffd");
        Workspace.To("/get-output").Single().Query.ShouldBe("?run_id=43");
    }

    [Fact]
    public async Task SaysATraceOnceThatTheLogHasToo()
    {
        AnswerEnded(new JsonObject { ["logs"] = "a\nTraceback: x\n", ["error_trace"] = "Traceback: x" });

        (await _fixture.Platform.ObserveAsync(_fixture.Started, default)).Value.LogTail.ShouldBe("a\nTraceback: x");
    }

    [Fact]
    public async Task TellsTheEndAlsoWhenTheLogCannotBeRead()
    {
        AnswerEnded(null);

        var seen = await _fixture.Platform.ObserveAsync(_fixture.Started, default);

        seen.Value.State.ShouldBe(PlatformRunState.Failed);
        seen.Value.LogTail.ShouldBeNull();
        seen.Value.Message.ShouldNotBeNull().ShouldContain("its log could not be read");
    }

    [Theory]
    [InlineData(400, "INVALID_PARAMETER_VALUE", "Run 42 does not exist.")]
    [InlineData(404, "RESOURCE_DOES_NOT_EXIST", "gone")]
    public async Task SaysThatSomebodyDeletedTheRun(int status, string code, string words)
    {
        Workspace.Instead = call =>
            call.Path.EndsWith("/runs/get", StringComparison.Ordinal)
                ? FakeWorkspace.Refuse(status, code, words)
                : null;

        var seen = await _fixture.Platform.ObserveAsync(_fixture.Started, default);

        seen.Problem!.Code.ShouldBe(ProblemCode.NotFound);
        seen.Problem.Message.ShouldContain("somebody deleted it");
        seen.Problem.Message.ShouldContain("bascule run retry k3v9x2m8qa");
    }

    [Fact]
    public async Task KeepsARunAliveThatARedirectHides()
    {
        Workspace.Instead = call =>
            call.Path.EndsWith("/runs/get", StringComparison.Ordinal)
                ? new HttpResponseMessage(System.Net.HttpStatusCode.Found)
                {
                    Headers = { Location = new Uri("https://login.example/") },
                }
                : null;

        var seen = await _fixture.Platform.ObserveAsync(_fixture.Started, default);

        seen.Problem!.IsTransient.ShouldBeTrue();
    }

    [Theory]
    [Trait("Threat", "T143")]
    [InlineData("https://dbx.example/jobs/1/runs/42", true)]
    [InlineData("https://dbx.example.evil.example/jobs/1", false)]
    [InlineData("http://dbx.example/jobs/1", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("not an address", false)]
    public async Task LinksToPagesOfTheWorkspaceOnly(string page, bool isShown)
    {
        Answer(new JsonObject { ["run_page_url"] = page }.ToJsonString());

        var seen = await _fixture.Platform.ObserveAsync(_fixture.Started, default);

        (seen.Value.Page is not null).ShouldBe(isShown);
    }

    [Fact]
    public async Task CancelsAndWritesItDown()
    {
        (await _fixture.Platform.CancelAsync(_fixture.Started, default)).Problem.ShouldBeNull();

        Workspace.To("/runs/cancel").Single().Json["run_id"]!.GetValue<long>().ShouldBe(42);
        _fixture.Audit.Operations.ShouldContain("databricks.runs.cancel");
    }

    [Theory]
    [InlineData(400, "INVALID_PARAMETER_VALUE", "Run 42 does not exist.", "RUNNING", true)]
    [InlineData(400, "INVALID_STATE", "Run 42 is not active", "TERMINATED", true)]
    [InlineData(400, "INVALID_STATE", "Run 42 is not active", "RUNNING", false)]
    [InlineData(403, "PERMISSION_DENIED", "no", "TERMINATED", false)]
    [InlineData(503, "TEMPORARILY_UNAVAILABLE", "later", "TERMINATED", false)]
    public async Task TakesARunThatHasEndedForCanceled(int status, string code, string words, string state, bool isDone)
    {
        Answer(new JsonObject { ["status"] = new JsonObject { ["state"] = state } }.ToJsonString());
        var rest = Workspace.Instead;
        Workspace.Instead = call =>
            call.Path.EndsWith("/runs/cancel", StringComparison.Ordinal)
                ? FakeWorkspace.Refuse(status, code, words)
                : rest(call);

        var canceled = await _fixture.Platform.CancelAsync(_fixture.Started, default);

        (canceled.Problem is null).ShouldBe(isDone);
    }

    private void Answer(string json) =>
        Workspace.Instead = call =>
            call.Path.EndsWith("/runs/get", StringComparison.Ordinal) ? FakeWorkspace.Json(json) : null;

    private void AnswerEnded(JsonObject? output) =>
        Workspace.Instead = call =>
            call.Path.EndsWith("/runs/get", StringComparison.Ordinal)
                ? FakeWorkspace.Json(
                    """{"run_id":42,"status":{"state":"TERMINATED","termination_details":{"code":"RUN_EXECUTION_ERROR"}},"tasks":[{"task_key":"main","run_id":43}]}"""
                )
            : call.Path.EndsWith("/get-output", StringComparison.Ordinal)
                ? output is null ? FakeWorkspace.Refuse(500, "INTERNAL_ERROR", "no")
                    : FakeWorkspace.Json(output.ToJsonString())
            : null;
}
