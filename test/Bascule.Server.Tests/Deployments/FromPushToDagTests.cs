using Bascule.Core.Api;
using Bascule.Core.Runs;
using Bascule.Testing.Stage;

namespace Bascule.Server.Tests.Deployments;

/// <summary>A push becomes the version that Airflow runs, and a rollback the one before it: by real git, against the whole server. Forge, Airflow and issuer are simulated.</summary>
public sealed class FromPushToDagTests
{
    [Fact]
    [Trait("Threat", "T138")]
    public async Task APushBecomesTheVersionThatAirflowRunsAndARollbackTheOneBefore()
    {
        await using var airflow = await AirflowServerStage.StartAsync();
        var stage = airflow.Stage;
        (await airflow.FollowAsync()).ShouldNotBeNull("nothing is deployed yet");

        var good = await airflow.PushAsync("# good\n");
        await UntilWaitingForAirflowAsync(stage, good);
        (await airflow.FollowAsync()).ShouldBeNull();
        var run = await stage.WaitForRunAsync(good);

        run.Run.State.ShouldBe(RunState.Succeeded, run.Run.Reason);
        airflow.Airflow.RunCount.ShouldBe(1);
        await airflow.Dags.WaitForStatusAsync(good, "success");

        var bad = await airflow.PushAsync("# bad\n");
        await UntilWaitingForAirflowAsync(stage, bad);
        (await airflow.FollowAsync()).ShouldBeNull();
        await stage.WaitForRunAsync(bad);
        var back = await airflow.RollBackAsync();

        (back.Commit, back.Repository, back.Run).ShouldBe((good, "ml/dags", null));
        var (now, fault) = await FollowAsync(airflow);
        (now, fault).ShouldBe((good, null));
    }

    [Fact]
    [Trait("Threat", "T131")]
    public async Task ADagThatDoesNotParseNeverReachesTheRef()
    {
        await using var airflow = await AirflowServerStage.StartAsync();
        airflow.Dags.Developer.Write("churn.py", "with DAG(\n");

        var broken = await airflow.Dags.Developer.CommitAndPushAsync("Break the DAG");
        var run = await airflow.Stage.WaitForRunAsync(broken);

        run.Run.State.ShouldBe(RunState.Refused);
        run.Run.Reason.ShouldNotBeNull().ShouldContain("churn.py:1: ");
        (await airflow.FollowAsync()).ShouldNotBeNull("nothing was deployed");
    }

    [Fact]
    [Trait("Capability", "DAGs behind a gate")]
    public async Task AirflowKeepsTheLastGoodVersionWhenABrokenDagIsPushed()
    {
        await using var airflow = await AirflowServerStage.StartAsync();
        var good = await airflow.DeployAsync("# good\n");
        airflow.Dags.Developer.Write("other.py", "with DAG(\n");

        var broken = await airflow.Dags.Developer.CommitAndPushAsync("Add a broken DAG");
        var run = await airflow.Stage.WaitForRunAsync(
            broken,
            one => one.Run.Final || one.Run.State == RunState.Started
        );

        run.Run.State.ShouldBe(RunState.Refused, run.Run.Reason);
        run.Run.Reason.ShouldNotBeNull().ShouldContain("other.py:1: ");
        (await FollowAsync(airflow)).ShouldBe((good, null));
    }

    [Fact]
    public async Task WhatAirflowCannotImportIsToldOnTheCommit()
    {
        await using var airflow = await AirflowServerStage.StartAsync();
        var commit = await airflow.PushAsync("# simulator: import error No module named 'forecasts'\n");
        await UntilWaitingForAirflowAsync(airflow.Stage, commit);
        (await airflow.FollowAsync()).ShouldBeNull();

        var run = await airflow.Stage.WaitForRunAsync(commit);

        run.Run.State.ShouldBe(RunState.Failed);
        run.Run.Reason.ShouldNotBeNull().ShouldContain("churn.py: No module named 'forecasts'");
        await airflow.Dags.WaitForStatusAsync(commit, "failure");
    }

    private static async Task<(string? Commit, string? Fault)> FollowAsync(AirflowServerStage airflow)
    {
        await airflow.FollowAsync();
        return await airflow.Airflow.FollowAsync();
    }

    private static Task<RunDetail> UntilWaitingForAirflowAsync(BasculeStage stage, string commit) =>
        stage.WaitForRunAsync(commit, run => run.Run.State is RunState.Started);
}
