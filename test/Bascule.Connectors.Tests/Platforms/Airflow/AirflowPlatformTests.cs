using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.Airflow;
using Bascule.Connectors.Platforms.Airflow.Gate;
using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Core.Forges;
using Bascule.Core.Platforms;
using Bascule.Simulators.Airflow;
using Bascule.Simulators.Databricks;

namespace Bascule.Connectors.Tests.Platforms.Airflow;

/// <summary>A deployment from its plan to the end of its DAG run, on both generations.</summary>
public sealed class AirflowPlatformTests
{
    private const string Broken = "# simulator: import error No module named 'x'\n";

    [Fact]
    public async Task PlansTheSameForAnotherCommitOfTheSameFiles()
    {
        await using var deployment = await AirflowDeployment.StageAsync(AirflowGeneration.Three);
        var one = (await deployment.PlanAsync()).Value;
        deployment.Run = deployment.Run with { Commit = CommitId.Parse(new string('e', 40)) };

        var other = (await deployment.PlanAsync()).Value;

        other.Json.ShouldNotBe(one.Json);
        ApprovedThing.DigestOf(other.Json).ShouldBe(ApprovedThing.DigestOf(one.Json));
        one.HoldsAlone.ShouldBeTrue();
        one.Summary.ShouldContain("moves refs/heads/deploy/prod: 1 DAGs in 1 Python files");
        var plan = JsonNode.Parse(one.Json)!;
        ((string?)plan["ref"], (string?)plan["dags"]!["churn"]!["file"]).ShouldBe(
            ("refs/heads/deploy/prod", "churn.py")
        );
        deployment.Stage.Simulator.Exchanges.ShouldBeEmpty();
    }

    [Fact]
    public async Task WhatTheGateRefusesIsNotPlannedAndIsNamedByFileAndLine()
    {
        await using var deployment = await AirflowDeployment.StageAsync(AirflowGeneration.Three);
        deployment.Source = "import os\nwith DAG(\n";

        var refused = (await deployment.PlanAsync()).Problem.ShouldNotBeNull();

        refused.Code.ShouldBe(ProblemCode.Denied);
        refused.Message.ShouldStartWith("the DAGs are not fit to be deployed:\nchurn.py:2: ");
    }

    [Fact]
    public async Task WhatThePolicyAsksForIsAskedOfThePlan()
    {
        await using var deployment = await AirflowDeployment.StageAsync(AirflowGeneration.Three);
        deployment.Environment = new AirflowEnvironment
        {
            Policy = new DagPolicy { Folder = "", RequireOwner = true },
        };

        (await deployment.PlanAsync()).Problem!.Message.ShouldContain("owner");
    }

    [Fact]
    public async Task ADagThatNoFileDefinesIsNotRun()
    {
        await using var deployment = await AirflowDeployment.StageAsync(AirflowGeneration.Three);
        deployment.Task = new AirflowTask { Run = "another" };

        (await deployment.PlanAsync()).Problem!.Message.ShouldContain("the workflow runs DAG 'another'");
    }

    [Theory]
    [InlineData(AirflowGeneration.Two)]
    [InlineData(AirflowGeneration.Three)]
    public async Task WaitsUntilAirflowHasTheVersion(AirflowGeneration generation)
    {
        await using var deployment = await AirflowDeployment.StageAsync(generation);
        await deployment.Stage.PublishAsync("# before\n");
        await deployment.StartAsync();

        (await deployment.LookAsync()).State.ShouldBe(PlatformRunState.Waiting);
        await deployment.Stage.Simulator.ParseAsync();
        (await deployment.LookAsync()).State.ShouldBe(PlatformRunState.Waiting, "it parsed the old files again");
        await deployment.Stage.Simulator.FollowAsync();

        var end = await deployment.LookAsync();

        end.State.ShouldBe(PlatformRunState.Succeeded);
        deployment.Stage.Simulator.RunCount.ShouldBe(0);
    }

    [Theory]
    [InlineData(AirflowGeneration.Two)]
    [InlineData(AirflowGeneration.Three)]
    [Trait("Threat", "T133")]
    public async Task ThenRunsTheDagOnceAndTellsEachTask(AirflowGeneration generation)
    {
        await using var deployment = await AirflowDeployment.StageAsync(generation);
        deployment.Task = new AirflowTask
        {
            Run = "churn",
            Conf = new Dictionary<string, string> { ["days"] = "7" },
        };
        await deployment.StartAsync();
        (await deployment.LookAsync()).Page.ShouldBeNull();
        await deployment.Stage.Simulator.FollowAsync();

        var begun = await deployment.LookAsync();
        var again = await deployment.LookAsync();
        deployment.Stage.Clock.Advance(TimeSpan.FromMinutes(1));
        var end = await deployment.LookAsync();

        begun.State.ShouldBe(PlatformRunState.Running);
        begun.Page!.AbsoluteUri.ShouldContain(deployment.Run.Key.Hex);
        again.State.ShouldBe(PlatformRunState.Running);
        end.State.ShouldBe(PlatformRunState.Succeeded);
        end.LogTail.ShouldNotBeNull().ShouldContain("task extract: success");
        deployment.Stage.Simulator.RunCount.ShouldBe(1);
    }

    [Theory]
    [InlineData(AirflowGeneration.Two)]
    [InlineData(AirflowGeneration.Three)]
    [Trait("Threat", "T133")]
    public async Task FindsTheRunThatACrashLeftBehind(AirflowGeneration generation)
    {
        await using var deployment = await AirflowDeployment.StageAsync(generation);
        deployment.Task = new AirflowTask { Run = "churn" };
        await deployment.StartAsync();
        await deployment.Stage.Simulator.FollowAsync();
        await deployment.LookAsync();
        deployment.Run = deployment.Run with { PlatformPage = null };

        (await deployment.LookAsync()).State.ShouldBe(PlatformRunState.Running);

        deployment.Stage.Simulator.RunCount.ShouldBe(1);
    }

    [Theory]
    [InlineData(AirflowGeneration.Two)]
    [InlineData(AirflowGeneration.Three)]
    public async Task TellsWhichTaskFailedWithTheEndOfItsLog(AirflowGeneration generation)
    {
        await using var deployment = await AirflowDeployment.StageAsync(generation);
        deployment.Task = new AirflowTask { Run = "churn" };
        deployment.Source = AirflowStage.Source("# simulator: fails load\n");
        await deployment.StartAsync();
        await deployment.Stage.Simulator.FollowAsync();
        await deployment.LookAsync();
        deployment.Stage.Clock.Advance(TimeSpan.FromMinutes(1));

        var end = await deployment.LookAsync();

        (end.State, end.Message).ShouldBe((PlatformRunState.Failed, "task load failed"));
        end.LogTail.ShouldNotBeNull().ShouldContain("task load: failed\n");
        end.LogTail!.Split("task load:\n").Length.ShouldBe(2, "the end of its log");
    }

    [Theory]
    [InlineData(AirflowGeneration.Two)]
    [InlineData(AirflowGeneration.Three)]
    public async Task AnImportErrorThatStandsEndsItAndNamesTheFile(AirflowGeneration generation)
    {
        await using var deployment = await AirflowDeployment.StageAsync(generation);
        await deployment.Stage.PublishAsync("# before\n");
        deployment.Source = AirflowStage.Source(Broken);
        await deployment.StartAsync();
        await deployment.Stage.Simulator.FollowAsync();

        (await deployment.LookAsync()).State.ShouldBe(PlatformRunState.Waiting, "it may be of the files before");
        deployment.Stage.Clock.Advance(deployment.Environment.ErrorStands);
        var end = await deployment.LookAsync();

        end.State.ShouldBe(PlatformRunState.Failed);
        end.Message.ShouldNotBeNull().ShouldContain("churn.py: No module named 'x'");
        end.LogTail.ShouldNotBeNull().ShouldContain("Traceback");
    }

    [Fact]
    public async Task SaysWhatIsThereInsteadWhenPatienceEnds()
    {
        await using var deployment = await AirflowDeployment.StageAsync(AirflowGeneration.Three);
        await deployment.Stage.PublishAsync("# before\n");
        await deployment.StartAsync();
        deployment.Stage.Clock.Advance(deployment.Environment.Patience);

        var end = await deployment.LookAsync();

        end.State.ShouldBe(PlatformRunState.Failed);
        end.Message.ShouldNotBeNull().ShouldContain("has not read the version within 30 minutes: DAG churn: it is at ");
    }

    [Fact]
    public async Task NothingMovesWhereTheLoginDoesNotWork()
    {
        await using var deployment = await AirflowDeployment.StageAsync(AirflowGeneration.Three);
        var refused = await deployment.TryStartAsync(deployment.Connect("wrong"));

        refused.Problem.ShouldNotBeNull();
        deployment.Moves.ShouldBe(0);
    }

    [Fact]
    public async Task IsNotStartedWhereTheRefMayNotMove()
    {
        await using var deployment = await AirflowDeployment.StageAsync(AirflowGeneration.Three);
        deployment.Stuck = Problem.Denied("it was rolled back");

        (await deployment.TryStartAsync(deployment.Platform)).Problem.ShouldBe(deployment.Stuck);
    }

    [Fact]
    public async Task IsTheSameRunHoweverOftenItIsStarted()
    {
        await using var deployment = await AirflowDeployment.StageAsync(AirflowGeneration.Three);
        var first = await deployment.StartAsync();
        deployment.Stage.Clock.Advance(TimeSpan.FromMinutes(3));

        (await deployment.TryStartAsync(deployment.Connect())).Value.ShouldBe(first);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ACancelBeforeTheRunStartsNone(bool isRead)
    {
        await using var deployment = await AirflowDeployment.StageAsync(AirflowGeneration.Three);
        deployment.Task = new AirflowTask { Run = "churn" };
        await deployment.StartAsync();
        if (isRead)
            await deployment.Stage.Simulator.FollowAsync();

        (await deployment.CancelAsync()).Problem.ShouldBeNull();

        (await deployment.LookAsync()).State.ShouldBe(PlatformRunState.Canceled);
        deployment.Stage.Simulator.RunCount.ShouldBe(0);
    }

    [Fact]
    public async Task ACancelStopsTheRun()
    {
        await using var deployment = await AirflowDeployment.StageAsync(AirflowGeneration.Three);
        deployment.Task = new AirflowTask { Run = "churn" };
        await deployment.StartAsync();
        await deployment.Stage.Simulator.FollowAsync();
        await deployment.LookAsync();

        (await deployment.CancelAsync()).Problem.ShouldBeNull();

        (await deployment.LookAsync()).State.ShouldBe(PlatformRunState.Canceled);
    }

    [Fact]
    [Trait("Threat", "T134")]
    public async Task ARunOfThatIdThatSomebodyElseStartedIsNotOurs()
    {
        await using var deployment = await AirflowDeployment.StageAsync(AirflowGeneration.Three);
        deployment.Task = new AirflowTask { Run = "churn" };
        await deployment.StartAsync();
        await deployment.Stage.Simulator.FollowAsync();
        var session = deployment.Stage.Session;
        await deployment.Stage.Client.Runs.StartAsync(
            session,
            "churn",
            deployment.Run.Key.Hex,
            deployment.Run.Commit,
            new JsonObject { ["mine"] = "yes" },
            default
        );

        var seen = (await deployment.TryLookAsync()).Problem.ShouldNotBeNull();

        seen.Code.ShouldBe(ProblemCode.Conflict);
        seen.Message.ShouldContain("somebody else started it");
    }

    [Fact]
    [Trait("Threat", "T133")]
    public async Task ARunThatSomebodyDeletedIsNotStartedAgain()
    {
        await using var deployment = await AirflowDeployment.StageAsync(AirflowGeneration.Three);
        deployment.Task = new AirflowTask { Run = "churn" };
        await deployment.StartAsync();
        await deployment.Stage.Simulator.FollowAsync();
        await deployment.LookAsync();
        deployment.Stage.Simulator.Inject(
            Fault.Answer("GET", $"/dagRuns/{deployment.Run.Key.Hex}$", 404, """{"detail":"not found"}""")
        );

        var seen = (await deployment.TryLookAsync()).Problem.ShouldNotBeNull();

        seen.Code.ShouldBe(ProblemCode.NotFound);
        seen.Message.ShouldContain("somebody deleted it");
        deployment.Stage.Simulator.RunCount.ShouldBe(1);
    }
}
