using Bascule.Simulators.Airflow;

namespace Bascule.Simulators.Tests.Airflow;

/// <summary>Starting a run: what is taken, and how each generation refuses the rest.</summary>
public sealed class TriggerTests
{
    private const string Runs = "/dags/churn/dagRuns";

    [Theory]
    [InlineData(AirflowGeneration.Two)]
    [InlineData(AirflowGeneration.Three)]
    public async Task OneRunPerIdIsMadeAndItCanBeReadBack(AirflowGeneration generation)
    {
        await using var bench = await AirflowBench.StartAsync(generation);
        var commit = await bench.PublishAsync();

        (await bench.TriggerAsync("bascule:1", new { commit })).Status.ShouldBe(200);
        var again = await bench.TriggerAsync("bascule:1");

        again.Status.ShouldBe(409, again.Text);
        var read = await bench.GetAsync(Runs + "/bascule%3A1");
        (read.Word("dag_run_id"), read.Word("state")).ShouldBe(("bascule:1", "queued"));
        read.Json["conf"]!["commit"]!.GetValue<string>().ShouldBe(commit);
        bench.Simulator.RunCount.ShouldBe(1);
    }

    [Fact]
    public async Task AirflowThreeWantsTheLogicalDateEvenIfItIsNull()
    {
        await using var bench = await AirflowBench.StartAsync(AirflowGeneration.Three);
        await bench.PublishAsync();

        var absent = await bench.PostAsync(Runs, new { dag_run_id = "r" });

        (absent.Status, absent.Wrong).ShouldBe((422, ("missing", "body.logical_date")));
        var given = await bench.PostAsync(Runs, new { dag_run_id = "r", logical_date = (string?)null });
        (given.Status, given.Json["logical_date"]).ShouldBe((200, null));
    }

    [Fact]
    public async Task AirflowThreeRefusesFieldsThatItDoesNotKnow()
    {
        await using var bench = await AirflowBench.StartAsync(AirflowGeneration.Three);
        await bench.PublishAsync();

        var answer = await bench.PostAsync(Runs, new { logical_date = (string?)null, bundle_version = "abc" });

        (answer.Status, answer.Wrong).ShouldBe((422, ("extra_forbidden", "body.bundle_version")));
    }

    [Theory]
    [InlineData("""{"logical_date":null,"conf":[]}""", "application/json", "body.conf")]
    [InlineData("""{"logical_date":"2026-11-21T00:00:00"}""", "application/json", "body.logical_date")]
    [InlineData("""{"logical_date":null}""", "text/plain", "body")]
    [InlineData("""[]""", "application/json", "body")]
    [InlineData("""{"logical_date":""", "application/json", "body.0")]
    public async Task AirflowThreeSaysWhereABodyIsWrong(string body, string type, string place)
    {
        await using var bench = await AirflowBench.StartAsync(AirflowGeneration.Three);
        await bench.PublishAsync();

        var answer = await bench.SendAsync(HttpMethod.Post, "/api/v2" + Runs, body, type);

        (answer.Status, answer.Wrong.Place).ShouldBe((422, place), answer.Text);
        bench.Simulator.RunCount.ShouldBe(0);
    }

    [Theory]
    [InlineData("""{"dag_run_id":"r","bundle_version":"x"}""", "application/json", 400, "Unknown field")]
    [InlineData("""{"conf":"x"}""", "application/json", 400, "conf")]
    [InlineData("""{"dag_run_id":"r"}""", "text/plain", 415, "Invalid Content-type")]
    public async Task AirflowTwoRefusesInProblems(string body, string type, int status, string words)
    {
        await using var bench = await AirflowBench.StartAsync(AirflowGeneration.Two);
        await bench.PublishAsync();

        var answer = await bench.SendAsync(HttpMethod.Post, "/api/v1" + Runs, body, type);

        answer.Status.ShouldBe(status, answer.Text);
        answer.Word("detail")!.ShouldContain(words);
        bench.Simulator.RunCount.ShouldBe(0);
    }

    [Theory]
    [InlineData(AirflowGeneration.Two, "a/b")]
    [InlineData(AirflowGeneration.Three, "a/b")]
    [InlineData(AirflowGeneration.Two, "a b")]
    [InlineData(AirflowGeneration.Three, "é")]
    public async Task ARunIdOfOtherCharactersIsRefused(AirflowGeneration generation, string id)
    {
        await using var bench = await AirflowBench.StartAsync(generation);
        await bench.PublishAsync();

        var answer = await bench.TriggerAsync(id);

        answer.Status.ShouldBe(400, answer.Text);
        answer.Word("detail")!.ShouldContain("match");
    }

    [Fact]
    public async Task ALogicalDateIsTakenOnce()
    {
        await using var bench = await AirflowBench.StartAsync(AirflowGeneration.Three);
        await bench.PublishAsync();
        const string date = "2026-11-21T00:00:00+01:00";

        (await bench.PostAsync(Runs, new { dag_run_id = "a", logical_date = date })).Status.ShouldBe(200);

        (await bench.PostAsync(Runs, new { dag_run_id = "b", logical_date = date })).Status.ShouldBe(409);
    }

    [Theory]
    [InlineData(AirflowGeneration.Two)]
    [InlineData(AirflowGeneration.Three)]
    public async Task WhatIsNotThereIsNotFound(AirflowGeneration generation)
    {
        await using var bench = await AirflowBench.StartAsync(generation);

        (await bench.TriggerAsync("r")).Status.ShouldBe(404);
        (await bench.GetAsync(Runs + "/r")).Status.ShouldBe(404);
        (await bench.GetAsync("/dags/none")).Status.ShouldBe(404);
        (await bench.GetAsync("/nothing")).Status.ShouldBe(404);
        (await bench.PatchAsync("/importErrors", new { })).Status.ShouldBe(405);
        (await bench.GetAsync("/dags?limit=many")).Status.ShouldBe(generation == AirflowGeneration.Three ? 422 : 400);
    }
}
