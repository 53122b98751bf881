using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Bascule.Simulators.Tests.Databricks;

public sealed class RunTests : IAsyncLifetime
{
    private Workbench _bench = null!;

    public async Task InitializeAsync() => _bench = await Workbench.StartAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task PassesParametersAndKeepsBothStreams()
    {
        const string script = "import sys; print(sys.argv[1]); print('warned', file=sys.stderr)";

        var run = await _bench.WaitAsync(await _bench.SubmitAsync(script, null, "a b; $(c)"));

        var output = await _bench.OutputAsync(run);
        output["logs"]!.ToString().ShouldContain("a b; $(c)\n");
        output["logs"]!.ToString().ShouldContain("warned\n");
        (run["state"]!["result_state"]!.ToString(), run["status"]!["state"]!.ToString()).ShouldBe(
            ("SUCCESS", "TERMINATED")
        );
    }

    [Fact]
    public async Task BreaksNoLineOfOneStreamByTheOther()
    {
        const string script = """
            import sys, time
            sys.stdout.write("out, "); time.sleep(0.2)
            sys.stderr.write("err, "); time.sleep(0.2)
            sys.stdout.write("whole\n"); time.sleep(0.2)
            sys.stderr.write("whole\n"); sys.stdout.write("unended")
            """;

        var run = await _bench.WaitAsync(await _bench.SubmitAsync(script));

        var logs = (await _bench.OutputAsync(run))["logs"]!.ToString();
        logs.ShouldContain("out, whole\n");
        logs.ShouldContain("err, whole\n");
        logs.ShouldContain("unended");
    }

    [Fact]
    public async Task ReportsAnExceptionWithItsTrace()
    {
        var run = await _bench.WaitAsync(await _bench.SubmitAsync("print('before')\nraise ValueError('bad column')"));

        var output = await _bench.OutputAsync(run);
        output["error"]!.ToString().ShouldBe("ValueError: bad column");
        output["error_trace"]!.ToString().ShouldContain("line 2, in <module>");
        output["logs"]!.ToString().ShouldStartWith("before");
        Ending(run).ShouldBe(("FAILED", "RUN_EXECUTION_ERROR", "CLIENT_ERROR"));
    }

    [Fact]
    public async Task ReportsAnExitCode()
    {
        var run = await _bench.WaitAsync(await _bench.SubmitAsync("import sys; sys.exit(3)"));

        (await _bench.OutputAsync(run))["error"]!.ToString().ShouldBe("SystemExit: 3");
    }

    [Fact]
    public async Task EndsWithAnInternalErrorWhenTheFileIsNotThere()
    {
        var answer = await _bench.SendAsync(
            HttpMethod.Post,
            "/api/2.2/jobs/runs/submit",
            Submission.Python("/Shared/none.py").ToJsonString()
        );

        var run = await _bench.WaitAsync(answer.Json["run_id"]!.GetValue<long>());

        run["state"]!["life_cycle_state"]!.ToString().ShouldBe("INTERNAL_ERROR");
        Ending(run).ShouldBe(("FAILED", "RESOURCE_NOT_FOUND", "CLIENT_ERROR"));
    }

    [Fact]
    public async Task RunsInItsDirectoryWithAnEnvironmentBuiltFromNothing()
    {
        Environment.SetEnvironmentVariable("DBX_SIM_SECRET", "leak");
        await _bench.ImportAsync("/Shared/data.csv", "1,2");
        const string script =
            "import os; print(open('data.csv').read(), sorted(os.environ), os.environ['MLFLOW_TRACKING_URI'])";

        var run = await _bench.WaitAsync(await _bench.SubmitAsync(script));

        var logs = (await _bench.OutputAsync(run))["logs"]!.ToString();
        logs.ShouldStartWith("1,2 ");
        logs.ShouldContain("'DATABRICKS_HOST', 'DATABRICKS_TOKEN', 'HOME', 'LANG', 'MLFLOW_TRACKING_URI', 'PATH'");
        logs.ShouldNotContain("DBX_SIM_SECRET");
        logs.ShouldEndWith("databricks\n");
    }

    [Fact]
    public async Task RevokesTheTasksTokenAtItsEnd()
    {
        var run = await _bench.WaitAsync(await _bench.SubmitAsync("import os; print(os.environ['DATABRICKS_TOKEN'])"));
        var token = (await _bench.OutputAsync(run))["logs"]!.ToString().Trim();

        _bench.Client.DefaultRequestHeaders.Authorization = new("Bearer", token);

        (await _bench.GetAsync("/api/2.0/preview/scim/v2/Me")).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task CancelsARunAndAllItsProcesses()
    {
        const string script = """
            import subprocess, time
            child = subprocess.Popen(["sleep", "600"])
            open("pid", "w").write(str(child.pid))
            time.sleep(600)
            """;
        var id = await _bench.SubmitAsync(script);
        var pid = await ChildOfAsync(id);

        await _bench.PostAsync("/api/2.2/jobs/runs/cancel", new { run_id = id });

        var run = await _bench.WaitAsync(id);
        Ending(run).ShouldBe(("CANCELED", "USER_CANCELED", "CLIENT_ERROR"));
        IsAlive(pid).ShouldBeFalse();
        (await _bench.PostAsync("/api/2.2/jobs/runs/cancel", new { run_id = id })).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task StopsARunThatTakesTooLong(bool ofTask)
    {
        await _bench.ImportAsync("/Shared/train.py", "import time; time.sleep(600)");
        var body = Submission.Python("/Shared/train.py");
        (ofTask ? body["tasks"]![0]! : body)["timeout_seconds"] = 1;

        var answer = await _bench.SendAsync(HttpMethod.Post, "/api/2.2/jobs/runs/submit", body.ToJsonString());

        var run = await _bench.WaitAsync(answer.Json["run_id"]!.GetValue<long>());
        Ending(run).ShouldBe(("TIMEDOUT", "CANCELED", "CLIENT_ERROR"));
    }

    [Fact]
    public async Task RunsANotebookWithWidgetsAndGivesItsResult()
    {
        await _bench.ImportAsync(
            "/Shared/nb.py",
            "# Databricks notebook source\ndbutils.widgets.text('x', '1')\n# COMMAND ----------\ndbutils.notebook.exit(dbutils.widgets.get('x') + '!')\nraise Exception()"
        );

        var answer = await _bench.SendAsync(
            HttpMethod.Post,
            "/api/2.2/jobs/runs/submit",
            Submission.Notebook("/Shared/nb", new { x = "42" }).ToJsonString()
        );

        var run = await _bench.WaitAsync(answer.Json["run_id"]!.GetValue<long>());
        var output = await _bench.OutputAsync(run);
        output["notebook_output"]!["result"]!.ToString().ShouldBe("42!", output.ToJsonString());
        output["logs"].ShouldBeNull();
    }

    [Fact]
    public async Task RunsTasksInOrderAndSkipsThoseAfterAFailure()
    {
        await _bench.ImportAsync("/Shared/train.py", "raise SystemExit(1)");
        var body = Submission.Python("/Shared/train.py");
        var second = body["tasks"]![0]!.DeepClone().AsObject();
        second["task_key"] = "second";
        second["depends_on"] = new JsonArray(new JsonObject { ["task_key"] = "train" });
        body["tasks"]!.AsArray().Insert(0, second);

        var answer = await _bench.SendAsync(HttpMethod.Post, "/api/2.2/jobs/runs/submit", body.ToJsonString());

        var run = await _bench.WaitAsync(answer.Json["run_id"]!.GetValue<long>());
        run["tasks"]!
            .AsArray()
            .Select(t => t!["state"]!["result_state"]!.ToString())
            .ShouldBe(["UPSTREAM_FAILED", "FAILED"]);
        run["state"]!["result_state"]!.ToString().ShouldBe("FAILED");
    }

    [Fact]
    public async Task GivesOutputByTheTasksIdOnly()
    {
        var run = await _bench.WaitAsync(await _bench.SubmitAsync("pass"));

        (await _bench.GetAsync($"/api/2.2/jobs/runs/get-output?run_id={run["run_id"]}")).ShouldBeRefused(
            HttpStatusCode.BadRequest,
            "INVALID_PARAMETER_VALUE",
            "individual task run"
        );
        var task = run["tasks"]![0]!["run_id"]!.ToString();
        (await _bench.GetAsync($"/api/2.2/jobs/runs/get?run_id={task}")).Json["run_id"]!.ToString().ShouldBe(task);
    }

    [Fact]
    public async Task WaitsForComputeBeforeItRuns()
    {
        await using var slow = await Workbench.StartAsync(o => o with { PendingFor = TimeSpan.FromMinutes(5) });
        var id = await slow.SubmitAsync("pass");

        (await slow.GetAsync($"/api/2.2/jobs/runs/get?run_id={id}")).Json["status"]!["state"]!
            .ToString()
            .ShouldBe("PENDING");
        (await slow.PostAsync("/api/2.2/jobs/runs/delete", new { run_id = id })).ShouldBeRefused(
            HttpStatusCode.BadRequest,
            "INVALID_STATE",
            "active"
        );
        await slow.PostAsync("/api/2.2/jobs/runs/cancel", new { run_id = id });

        Ending(await slow.WaitAsync(id)).ShouldBe(("CANCELED", "USER_CANCELED", "CLIENT_ERROR"));
    }

    [Fact]
    public async Task ListsTheNewestRunsFirstInPages()
    {
        long[] ids =
        [
            await _bench.SubmitAsync("pass"),
            await _bench.SubmitAsync("pass"),
            await _bench.SubmitAsync("pass"),
        ];

        var first = (await _bench.GetAsync("/api/2.2/jobs/runs/list?limit=2")).Json;
        var rest = (
            await _bench.GetAsync($"/api/2.2/jobs/runs/list?limit=2&page_token={first["next_page_token"]}")
        ).Json;

        Ids(first).ShouldBe([ids[2], ids[1]]);
        Ids(rest).ShouldBe([ids[0]]);
        rest["next_page_token"].ShouldBeNull();
    }

    private static IEnumerable<long> Ids(JsonObject page) =>
        page["runs"]!.AsArray().Select(r => r!["run_id"]!.GetValue<long>());

    private static (string, string, string) Ending(JsonObject run)
    {
        var details = run["status"]!["termination_details"]!;
        return (run["state"]!["result_state"]!.ToString(), details["code"]!.ToString(), details["type"]!.ToString());
    }

    // The script writes its child's id beside itself, where the workspace keeps it.
    private async Task<int> ChildOfAsync(long run)
    {
        await _bench.WaitAsync(run, "RUNNING");
        var file = Path.Join(_bench.DataDirectory, "workspace", "Shared", "pid");
        for (var deadline = Stopwatch.StartNew(); deadline.Elapsed < TimeSpan.FromSeconds(20); await Task.Delay(20))
            if (
                File.Exists(file)
                && int.TryParse(await File.ReadAllTextAsync(file), CultureInfo.InvariantCulture, out var pid)
            )
                return pid;
        throw new TimeoutException("The script did not start its child.");
    }

    private static bool IsAlive(int pid) =>
        File.Exists($"/proc/{pid}/stat") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ");
}
