using Bascule.Simulators.Airflow;
using Bascule.Simulators.Tests.OpenApi;

namespace Bascule.Simulators.Tests.Airflow;

/// <summary>Every request and answer of a whole story against the official description, and the comparison itself.</summary>
public sealed class DescriptionTests
{
    [SpecsFact]
    public Task AirflowThreeSpeaksAsDescribed() => TellAsync(AirflowGeneration.Three, 14);

    [SpecsFact]
    public Task AirflowTwoSpeaksAsDescribed() => TellAsync(AirflowGeneration.Two, 13);

    [SpecsFact]
    public void TheComparisonSeesWhatIsWrong()
    {
        var good = new RecordedExchange(
            "GET",
            "/api/v2/importErrors",
            "?limit=5",
            null,
            null,
            "",
            200,
            "application/json",
            """{"import_errors":[],"total_entries":0}"""
        );
        var trigger = good with
        {
            Method = "POST",
            Path = "/api/v2/dags/a/dagRuns",
            Query = "",
            ContentType = "application/json",
            Body = """{"logical_date":null}""",
            Status = 404,
            Answer = """{"detail":"no"}""",
        };

        Faults(good, trigger).ShouldBeEmpty();
        Faults(good with { Query = "?limit=few" }).Single().ShouldContain("?limit is not an integer");
        Faults(good with { Query = "?page=1" }).Single().ShouldContain("'page' is not described");
        Faults(good with { Answer = """{"import_errors":[]}""" }).Single().ShouldContain("total_entries is missing");
        Faults(good with { Answer = """{"import_errors":[],"total_entries":0,"x":1}""" })
            .Single()
            .ShouldContain("answer.x is not described");
        Faults(good with { Answer = """{"import_errors":[],"total_entries":"0"}""" }).ShouldNotBeEmpty();
        Faults(good with { Path = "/api/v2/import-errors" }).Single().ShouldContain("nothing like it");
        Faults(good with { Status = 204 }).Single().ShouldContain("status is not described");
        Faults(good with { AnswerType = "text/html" }).Single().ShouldContain("text/html is not described");
        Faults(trigger with { Answer = """{"error":"no"}""" }).ShouldNotBeEmpty();
        Faults(trigger with { Status = 200 }).ShouldNotBeEmpty();
    }

    private static IReadOnlyList<string> Faults(params RecordedExchange[] exchanges) =>
        AirflowDescriptions.Faults(AirflowGeneration.Three, exchanges);

    private static async Task TellAsync(AirflowGeneration generation, int operations)
    {
        await using var bench = await AirflowBench.StartAsync(generation);
        await bench.PublishAsync("# simulator: fails load\n");
        bench.Repository.Commit(("bad.py", DagRepository.Dag("bad") + "# simulator: import error SyntaxError\n"));
        await bench.Simulator.FollowAsync();
        await bench.TriggerAsync("r", new { a = 1 });
        await bench.TriggerAsync("r");
        bench.Clock.Advance(30);
        const string run = "/dags/churn/dagRuns/r";
        var token = (await bench.GetAsync("/dags/churn")).Word("file_token");
        string[] paths =
        [
            "/version",
            "/dags?limit=1&offset=0",
            "/dags/churn/details",
            .. generation == AirflowGeneration.Three
                ? ["/dags/churn/dagVersions", "/dagSources/churn"]
                : new[] { $"/dagSources/{token}" },
            "/importErrors?limit=100",
            run,
            run + "/taskInstances?limit=100",
            run + "/taskInstances/load/logs/1?full_content=false",
            "/dags/none",
        ];
        foreach (var path in paths)
            await bench.GetAsync(path);
        await bench.PatchAsync(run, new { state = "success" });

        var api = bench.Simulator.Exchanges.Where(e => e.Path != "/auth/token").ToList();

        api.Count.ShouldBe(operations);
        AirflowDescriptions.Faults(generation, api).ShouldBeEmpty();
        api.Count(e => e.Status == 200).ShouldBe(operations - 2);
    }
}
