using Bascule.Simulators.Airflow;

namespace Bascule.Simulators.Tests.Airflow;

/// <summary>The half that follows a ref: a real git client, and a parser that reads text.</summary>
public sealed class FollowTests
{
    [Fact]
    public async Task AirflowThreeReportsTheCommitThatItParsed()
    {
        await using var bench = await AirflowBench.StartAsync(AirflowGeneration.Three);

        var commit = await bench.PublishAsync();

        var dag = await bench.GetAsync("/dags/churn/details");
        (dag.Word("bundle_version"), dag.Word("relative_fileloc")).ShouldBe((commit, "churn.py"));
        var versions = (await bench.GetAsync("/dags/churn/dagVersions")).Json["dag_versions"]!.AsArray();
        versions.Single()!["bundle_version"]!.GetValue<string>().ShouldBe(commit);
    }

    [Fact]
    public async Task ABundlesSubdirectoryIsWhereItsFilesAreToldFrom()
    {
        await using var bench = await AirflowBench.StartAsync(
            AirflowGeneration.Three,
            options => options with { Subdirectory = "dags" }
        );
        await bench.LogInAsync("bridge", "p:w");

        bench.Repository.Commit(
            ("dags/churn.py", DagRepository.Dag("churn", "load")),
            ("notes/other.py", DagRepository.Dag("other", "load"))
        );
        await bench.Simulator.FollowAsync();

        (await bench.GetAsync("/dags/churn/details")).Word("relative_fileloc").ShouldBe("churn.py");
        (await bench.GetAsync("/dags/other/details")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task AVersionRowKeepsItsCommitWhileTheTasksAreTheSame()
    {
        await using var bench = await AirflowBench.StartAsync(AirflowGeneration.Three);
        var first = await bench.PublishAsync();

        var second = await bench.PublishAsync("# a word\n");

        (await bench.GetAsync("/dags/churn")).Word("bundle_version").ShouldBe(second);
        var versions = await bench.GetAsync("/dags/churn/dagVersions");
        versions.Json["dag_versions"]!.AsArray().Single()!["bundle_version"]!.GetValue<string>().ShouldBe(first);
        await bench.PublishAsync("    PythonOperator(task_id=\"report\")\n");
        (await bench.GetAsync("/dags/churn/dagVersions")).Json["total_entries"]!.GetValue<int>().ShouldBe(2);
    }

    [Theory]
    [InlineData(AirflowGeneration.Two, "/opt/airflow/dags/churn.py")]
    [InlineData(AirflowGeneration.Three, "churn.py")]
    public async Task AFileThatBreaksKeepsItsDagAndIsListed(AirflowGeneration generation, string file)
    {
        await using var bench = await AirflowBench.StartAsync(generation);
        await bench.PublishAsync();

        await bench.PublishAsync("# simulator: import error ModuleNotFoundError: No module named 'x'\n");

        var error = (await bench.GetAsync("/importErrors")).Json["import_errors"]!.AsArray().Single()!;
        error["filename"]!.GetValue<string>().ShouldBe(file);
        error["stack_trace"]!.GetValue<string>().ShouldContain("No module named 'x'");
        (await bench.GetAsync("/dags/churn")).Json["has_import_errors"]!.GetValue<bool>().ShouldBeTrue();
        (await bench.TriggerAsync("r1")).Status.ShouldBe(400);
        await bench.PublishAsync("# mended\n");
        (await bench.GetAsync("/importErrors")).Json["total_entries"]!.GetValue<int>().ShouldBe(0);
        (await bench.TriggerAsync("r1")).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData(AirflowGeneration.Two)]
    [InlineData(AirflowGeneration.Three)]
    public async Task ADagWhoseFileIsGoneIsNotListedAndNotStarted(AirflowGeneration generation)
    {
        await using var bench = await AirflowBench.StartAsync(generation);
        await bench.PublishAsync();
        Ids(await bench.GetAsync("/dags")).ShouldBe(["churn"]);

        bench.Repository.Commit(("churn.py", null), ("other.py", DagRepository.Dag("other")));
        await bench.Simulator.FollowAsync();

        Ids(await bench.GetAsync("/dags")).ShouldBe(["other"]);
        (await bench.TriggerAsync("r1")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task AFailedFetchLeavesWhatWasThere()
    {
        await using var bench = await AirflowBench.StartAsync(AirflowGeneration.Three);
        var commit = await bench.PublishAsync();
        Directory.Move(bench.Repository.Path, bench.Repository.Path + ".away");

        var (kept, fault) = await bench.Simulator.FollowAsync();

        Directory.Move(bench.Repository.Path + ".away", bench.Repository.Path);
        (kept, fault is null).ShouldBe((commit, false));
        (await bench.GetAsync("/dags/churn")).Word("bundle_version").ShouldBe(commit);
    }

    [Fact]
    public async Task AirflowTwoParsesAgainWithoutHavingFetched()
    {
        await using var bench = await AirflowBench.StartAsync(AirflowGeneration.Two);
        await bench.PublishAsync();
        var before = await bench.GetAsync("/dags/churn");
        bench.Repository.Commit(("churn.py", "# new\n" + DagRepository.Dag("churn")));
        bench.Clock.Advance(30);

        await bench.Simulator.ParseAsync();

        var after = await bench.GetAsync("/dags/churn");
        after.Word("last_parsed_time").ShouldNotBe(before.Word("last_parsed_time"));
        (await bench.GetAsync($"/dagSources/{after.Word("file_token")}")).Word("content")!.ShouldNotContain("# new");
        await bench.Simulator.FollowAsync();
        (await bench.GetAsync($"/dagSources/{after.Word("file_token")}")).Word("content")!.ShouldContain("# new");
    }

    [Fact]
    public async Task DecoratedDagsAndTasksAreFound()
    {
        await using var bench = await AirflowBench.StartAsync(AirflowGeneration.Three);
        bench.Repository.Commit(
            ("a/b.py", "@dag(schedule=None)\ndef nightly():\n    @task\n    def load():\n        pass\n")
        );

        await bench.Simulator.FollowAsync();

        (await bench.GetAsync("/dags/nightly")).Word("relative_fileloc").ShouldBe("a/b.py");
    }

    private static IEnumerable<string> Ids(BenchAnswer answer) =>
        answer.Json["dags"]!.AsArray().Select(dag => dag!["dag_id"]!.GetValue<string>());
}
