using Bascule.Simulators.Airflow;

namespace Bascule.Simulators.Tests.Airflow;

/// <summary>Runs go on as the clock does.</summary>
public sealed class RunTests
{
    private const string Run = "/dags/churn/dagRuns/r";

    [Theory]
    [InlineData(AirflowGeneration.Two)]
    [InlineData(AirflowGeneration.Three)]
    public async Task TasksRunOneAfterTheOtherUntilAllAreDone(AirflowGeneration generation)
    {
        await using var bench = await AirflowBench.StartAsync(generation);
        await bench.PublishAsync();
        await bench.TriggerAsync("r");

        (await ShownAsync(bench)).ShouldBe("queued: extract=- load=-");
        bench.Clock.Advance(3);
        (await ShownAsync(bench)).ShouldBe("running: extract=running load=-");
        bench.Clock.Advance(5);
        (await ShownAsync(bench)).ShouldBe("running: extract=success load=running");
        bench.Clock.Advance(5);
        (await ShownAsync(bench)).ShouldBe("success: extract=success load=success");
    }

    [Theory]
    [InlineData(AirflowGeneration.Two)]
    [InlineData(AirflowGeneration.Three)]
    public async Task AFailedTaskEndsTheRun(AirflowGeneration generation)
    {
        await using var bench = await AirflowBench.StartAsync(generation);
        await bench.PublishAsync("# simulator: fails extract\n");
        await bench.TriggerAsync("r");

        bench.Clock.Advance(8);

        (await ShownAsync(bench)).ShouldBe("failed: extract=failed load=upstream_failed");
        var log = await bench.GetAsync(Run + "/taskInstances/extract/logs/1");
        log.Text.ShouldContain("simulated failure of extract");
        (await bench.GetAsync(Run + "/taskInstances/load/logs/1")).Status.ShouldBe(404);
    }

    [Theory]
    [InlineData(AirflowGeneration.Two)]
    [InlineData(AirflowGeneration.Three)]
    public async Task ARunCanBeMarkedFailedAndStaysSo(AirflowGeneration generation)
    {
        await using var bench = await AirflowBench.StartAsync(generation);
        await bench.PublishAsync();
        await bench.TriggerAsync("r");
        bench.Clock.Advance(4);

        (await bench.PatchAsync(Run, new { state = "failed" })).Word("state").ShouldBe("failed");

        bench.Clock.Advance(60);
        (await ShownAsync(bench)).ShouldBe("failed: extract=failed load=skipped");
        (await bench.PatchAsync(Run, new { state = "canceled" })).Status.ShouldBeOneOf(400, 422);
    }

    [Fact]
    public async Task ARunOfAPausedDagWaits()
    {
        await using var bench = await AirflowBench.StartAsync(AirflowGeneration.Three);
        await bench.PublishAsync();
        bench.Simulator.Pause("churn");
        await bench.TriggerAsync("r");

        bench.Clock.Advance(600);

        (await ShownAsync(bench)).ShouldBe("queued: extract=- load=-");
    }

    [Fact]
    public async Task ARunStaysOnItsVersion()
    {
        await using var bench = await AirflowBench.StartAsync(AirflowGeneration.Three);
        var first = await bench.PublishAsync();
        await bench.TriggerAsync("r");

        await bench.PublishAsync("    PythonOperator(task_id=\"report\")\n");

        (await bench.GetAsync(Run)).Word("bundle_version").ShouldBe(first);
        (await ShownAsync(bench)).ShouldNotContain("report");
    }

    private static async Task<string> ShownAsync(AirflowBench bench)
    {
        var run = await bench.GetAsync(Run);
        var tasks = (await bench.GetAsync(Run + "/taskInstances")).Json["task_instances"]!.AsArray();
        return $"{run.Word("state")}: {string.Join(' ', tasks.Select(t => $"{t!["task_id"]}={t["state"] ?? "-"}"))}";
    }
}
