using System.Net;
using System.Text.Json.Nodes;

namespace Bascule.Simulators.Tests.Databricks;

/// <summary>What happens to runs of jobs beside their programs: their Git source, and repairs.</summary>
public sealed class JobRunTests : IAsyncLifetime
{
    private const string Remote = "https://git.example.com/ml/churn.git";
    private const string Script = "/Shared/job.py";
    private static readonly string Commit = new('a', 40);
    private Workbench _bench = null!;

    public async Task InitializeAsync() => _bench = await Workbench.StartAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task ARunShowsTheCommitThatItsBranchLedTo()
    {
        _bench.Simulator.SetRemote(Remote, "main", Commit);
        var job = await CreateAsync(Source(("git_branch", "main")));
        var run = await RunAsync(job);
        _bench.Simulator.SetRemote(Remote, "main", new string('b', 40));

        var listed = (await _bench.GetAsync($"/api/2.2/jobs/runs/list?job_id={job}")).Json["runs"]![0]!;

        listed["run_id"]!.GetValue<long>().ShouldBe(run["run_id"]!.GetValue<long>());
        listed["git_source"]!["git_snapshot"]!["used_commit"]!.ToString().ShouldBe(Commit);
        listed["git_source"]!["git_commit"].ShouldBeNull();
    }

    [Fact]
    public async Task AGitSourceNamesOneThingOfARemoteThatIsThere()
    {
        _bench.Simulator.SetRemote(Remote, "main", Commit);

        await RefusedAsync(Source(("git_branch", "main"), ("git_commit", Commit)), "exactly one of");
        await RefusedAsync(Source(), "exactly one of");
        await RefusedAsync(Source(("git_branch", "other")), "does not have");
        var elsewhere = Source(("git_branch", "main"));
        elsewhere["git_url"] = "https://git.example.com/ml/fraud.git";
        await RefusedAsync(elsewhere, "knows no remote");
        var forged = Source(("git_branch", "main"));
        forged["git_snapshot"] = new JsonObject { ["used_commit"] = Commit };
        await RefusedAsync(forged, "read-only");
    }

    [Fact]
    public async Task ARepairRunsWhatFailedUnderTheSameId()
    {
        var failed = await RunAsync(await CreateAsync(null));
        await _bench.ImportAsync(Script, "print('mended')");

        var repair = await RepairAsync(failed, new JsonObject { ["rerun_all_failed_tasks"] = true });

        repair.Status.ShouldBe(HttpStatusCode.OK, repair.Json.ToJsonString());
        var id = failed["run_id"]!.GetValue<long>();
        var mended = await _bench.WaitAsync(id);
        (failed["state"]!["result_state"]!.ToString(), mended["state"]!["result_state"]!.ToString()).ShouldBe(
            ("FAILED", "SUCCESS")
        );
        mended["tasks"]![0]!["attempt_number"]!.GetValue<int>().ShouldBe(1);
        mended["tasks"]![0]!["run_id"]!.ToString().ShouldNotBe(failed["tasks"]![0]!["run_id"]!.ToString());
        var history = (await _bench.GetAsync($"/api/2.2/jobs/runs/get?run_id={id}&include_history=true")).Json;
        history["repair_history"]!.AsArray().Select(item => item!["type"]!.ToString()).ShouldBe(["ORIGINAL", "REPAIR"]);
    }

    [Fact]
    public async Task ARepairIsRefusedWhereItMeansNothing()
    {
        var failed = await RunAsync(await CreateAsync(null));
        var all = new JsonObject { ["rerun_all_failed_tasks"] = true };

        (await RepairAsync(failed, new JsonObject())).ShouldBeRefused(
            HttpStatusCode.BadRequest,
            "INVALID_PARAMETER_VALUE",
            "Exactly one of"
        );
        (await RepairAsync(failed, new JsonObject { ["rerun_tasks"] = new JsonArray("none") })).ShouldBeRefused(
            HttpStatusCode.BadRequest,
            "INVALID_PARAMETER_VALUE",
            "no task 'none'"
        );
        await _bench.ImportAsync(Script, "print('mended')");
        var first = (await RepairAsync(failed, all.DeepClone().AsObject())).Json["repair_id"]!.GetValue<long>();
        await _bench.WaitAsync(failed["run_id"]!.GetValue<long>());
        (await RepairAsync(failed, all.DeepClone().AsObject())).ShouldBeRefused(
            HttpStatusCode.BadRequest,
            "INVALID_PARAMETER_VALUE",
            "latest_repair_id"
        );
        all["latest_repair_id"] = first;
        (await RepairAsync(failed, all)).ShouldBeRefused(HttpStatusCode.BadRequest, "INVALID_STATE", "no failed task");
    }

    private static JsonObject Source(params (string Kind, string Name)[] named)
    {
        var source = new JsonObject { ["git_url"] = Remote, ["git_provider"] = "gitLab" };
        foreach (var (kind, name) in named)
            source[kind] = name;
        return source;
    }

    private static JsonObject Job(JsonObject? gitSource)
    {
        var job = Submission.Python(Script);
        job.Remove("run_name");
        job["name"] = "nightly";
        job["git_source"] = gitSource;
        return job;
    }

    private async Task RefusedAsync(JsonObject source, string words) =>
        (await _bench.SendAsync(HttpMethod.Post, "/api/2.2/jobs/create", Job(source).ToJsonString())).ShouldBeRefused(
            HttpStatusCode.BadRequest,
            "INVALID_PARAMETER_VALUE",
            words
        );

    private async Task<long> CreateAsync(JsonObject? gitSource)
    {
        var made = await _bench.SendAsync(HttpMethod.Post, "/api/2.2/jobs/create", Job(gitSource).ToJsonString());
        made.Status.ShouldBe(HttpStatusCode.OK, made.Json.ToJsonString());
        return made.Json["job_id"]!.GetValue<long>();
    }

    /// <summary>To its end; without its script it fails.</summary>
    private async Task<JsonObject> RunAsync(long job)
    {
        var run = await _bench.PostAsync("/api/2.2/jobs/run-now", new { job_id = job });
        return await _bench.WaitAsync(run.Json["run_id"]!.GetValue<long>());
    }

    private Task<Answer> RepairAsync(JsonObject run, JsonObject body)
    {
        body["run_id"] = run["run_id"]!.GetValue<long>();
        return _bench.SendAsync(HttpMethod.Post, "/api/2.2/jobs/runs/repair", body.ToJsonString());
    }
}
