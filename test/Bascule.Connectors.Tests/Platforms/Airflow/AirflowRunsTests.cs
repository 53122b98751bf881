using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.Airflow;
using Bascule.Core;
using Bascule.Core.Platforms;
using Bascule.Simulators.Airflow;
using Bascule.Simulators.Databricks;

namespace Bascule.Connectors.Tests.Platforms.Airflow;

/// <summary>Runs of both generations, on their strict simulators.</summary>
public sealed class AirflowRunsTests
{
    [Theory]
    [InlineData(AirflowGeneration.Two)]
    [InlineData(AirflowGeneration.Three)]
    [Trait("Threat", "T133")]
    public async Task ALostAnswerIsNoSecondRun(AirflowGeneration generation)
    {
        await using var stage = await AirflowStage.StartAsync(generation);
        var version = await stage.PublishAsync();
        stage.Simulator.Inject(Fault.AbortAfter("POST", "/dagRuns$"));

        (await stage.StartRunAsync()).Problem!.IsTransient.ShouldBeTrue();
        var again = await stage.StartRunAsync();

        again.Problem.ShouldBeNull();
        again.Value.State.ShouldBe(PlatformRunState.Waiting);
        again.Value.Commit.ShouldBe(stage.IsThree ? version.Commit.ToString() : null);
        stage.Simulator.RunCount.ShouldBe(1);
    }

    [Theory]
    [InlineData(AirflowGeneration.Two)]
    [InlineData(AirflowGeneration.Three)]
    [Trait("Threat", "T134")]
    public async Task ARunOfTheSameIdWithAnotherConfigurationIsNotOurs(AirflowGeneration generation)
    {
        await using var stage = await AirflowStage.StartAsync(generation);
        await stage.PublishAsync();
        await stage.StartRunAsync(conf: new JsonObject { ["commit"] = "theirs" });

        var ours = await stage.StartRunAsync(conf: new JsonObject { ["commit"] = "ours" });

        ours.Problem!.Code.ShouldBe(ProblemCode.Conflict);
        ours.Problem.Message.ShouldContain("somebody else started it");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Threat", "T97")]
    public async Task ARunThatBeganAtAnotherCommitIsStopped(bool isAnswerLost)
    {
        await using var stage = await AirflowStage.StartAsync(AirflowGeneration.Three);
        await stage.PublishAsync();
        stage.Move("# approved, and not yet there\n");
        if (isAnswerLost)
        {
            stage.Simulator.Inject(Fault.AbortAfter("POST", "/dagRuns$"));
            await stage.StartRunAsync();
        }

        var started = await stage.StartRunAsync();

        started.Problem!.Code.ShouldBe(ProblemCode.Conflict);
        started.Problem.Message.ShouldContain("The run was stopped");
        (await stage.ReadRunAsync()).Value.State.ShouldBe(PlatformRunState.Failed);
    }

    [Theory]
    [InlineData(AirflowGeneration.Two)]
    [InlineData(AirflowGeneration.Three)]
    public async Task ARunIsWatchedTaskByTaskToItsEnd(AirflowGeneration generation)
    {
        await using var stage = await AirflowStage.StartAsync(generation);
        await stage.PublishAsync("# simulator: fails load\n");
        await stage.StartRunAsync();

        stage.Clock.Advance(TimeSpan.FromSeconds(4));
        (await ShownAsync(stage)).ShouldBe("Running: extract=running load=");
        stage.Clock.Advance(TimeSpan.FromSeconds(30));
        (await ShownAsync(stage)).ShouldBe("Failed: extract=success load=failed");

        var run = (await stage.ReadRunAsync()).Value;
        var load = (await stage.Client.Runs.TasksAsync(stage.Session, "churn", "bascule-1", default)).Value[1];
        var log = await stage.Client.Logs.TailAsync(stage.Session, run, load, default);
        log.Value!.ShouldContain("simulated failure of load");
        (await stage.Client.Logs.TailAsync(stage.Session, run, load with { Try = 0 }, default)).Value.ShouldBeNull();
        (await stage.Client.Logs.TailAsync(stage.Session, run, load with { Try = 7 }, default)).Value.ShouldBeNull();
    }

    [Theory]
    [InlineData(AirflowGeneration.Two)]
    [InlineData(AirflowGeneration.Three)]
    public async Task ALongLogIsCutAtItsStart(AirflowGeneration generation)
    {
        await using var stage = await AirflowStage.StartAsync(generation);
        var text = "first " + string.Concat(Enumerable.Repeat("é", 100_000)) + " last";
        var body = stage.IsThree ? new JsonObject { ["content"] = new JsonArray(text) }.ToJsonString() : text;
        stage.Simulator.Inject(
            Fault.Answer("GET", "/logs/1$", 200, body) with
            {
                ContentType = stage.IsThree ? "application/json" : "text/plain",
            }
        );
        var run = new AirflowRun("churn", "bascule-1", PlatformRunState.Failed, null);

        var tail = await stage.Client.Logs.TailAsync(
            stage.Session,
            run,
            new AirflowTaskRun("load", "failed", 1, null),
            default
        );

        tail.Value!.ShouldEndWith("é last");
        System.Text.Encoding.UTF8.GetByteCount(tail.Value!).ShouldBeInRange(65_530, 65_536);
    }

    [Theory]
    [InlineData(AirflowGeneration.Two)]
    [InlineData(AirflowGeneration.Three)]
    public async Task ARunIsStoppedByMarkingItFailed(AirflowGeneration generation)
    {
        await using var stage = await AirflowStage.StartAsync(generation);
        await stage.PublishAsync();
        await stage.StartRunAsync();

        (await stage.Client.Runs.CancelAsync(stage.Session, "churn", "bascule-1", default)).Problem.ShouldBeNull();

        (await stage.ReadRunAsync()).Value.State.ShouldBe(PlatformRunState.Failed);
        (await stage.Client.Runs.CancelAsync(stage.Session, "churn", "none", default)).Problem.ShouldBeNull();
    }

    [Theory]
    [InlineData(AirflowGeneration.Two)]
    [InlineData(AirflowGeneration.Three)]
    public async Task ARunThatHasEndedIsLeftAsItIs(AirflowGeneration generation)
    {
        await using var stage = await AirflowStage.StartAsync(generation);
        await stage.PublishAsync();
        await stage.StartRunAsync();
        stage.Clock.Advance(TimeSpan.FromMinutes(1));

        (await stage.Client.Runs.CancelAsync(stage.Session, "churn", "bascule-1", default)).Problem.ShouldBeNull();

        (await stage.ReadRunAsync()).Value.State.ShouldBe(PlatformRunState.Succeeded);
        stage.Asked("PATCH").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("..", "bascule-1")]
    [InlineData("a/b", "bascule-1")]
    [InlineData("churn", "..")]
    [InlineData("churn", "a b")]
    [InlineData("churn", "a?x=1")]
    public async Task AnIdThatWouldMeanAnotherPathIsNeverSent(string dag, string run)
    {
        await using var stage = await AirflowStage.StartAsync(AirflowGeneration.Three);

        var started = await stage.Client.Runs.StartAsync(stage.Session, dag, run, default, [], default);
        var read = await stage.Client.Runs.ReadAsync(stage.Session, dag, run, default);

        (started.Problem!.Code, read.Problem!.Code).ShouldBe((ProblemCode.Invalid, ProblemCode.Invalid));
        stage.Simulator.Exchanges.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(AirflowGeneration.Two)]
    [InlineData(AirflowGeneration.Three)]
    public async Task WhoMayOnlyReadCannotStart(AirflowGeneration generation)
    {
        await using var stage = await AirflowStage.StartAsync(generation);
        await stage.PublishAsync();
        var viewer = stage.Connect(new AirflowAccount.Password("viewer", new Secret(AirflowStage.Password)));

        var started = await viewer.Runs.StartAsync(stage.Session, "churn", "bascule-1", stage.Commit, [], default);

        started.Problem!.Code.ShouldBe(ProblemCode.Denied);
        (await viewer.IdentifyAsync(stage.Session, default)).Value.ShouldStartWith("Airflow ");
        stage.Simulator.RunCount.ShouldBe(0);
    }

    [Fact]
    public async Task WhatCannotBeWrittenDownIsNotStarted()
    {
        await using var stage = await AirflowStage.StartAsync(AirflowGeneration.Three, isTrusting: true);
        await stage.PublishAsync();
        (await stage.StartRunAsync("one")).Problem.ShouldBeNull();
        stage.Audit.Operations.ShouldBe(["airflow.runs.start"]);
        stage.Audit.Failing = Problem.Unavailable("the disk is full");

        (await stage.StartRunAsync("two")).Problem!.Message.ShouldBe("the disk is full");
        (await stage.Client.Runs.CancelAsync(stage.Session, "churn", "one", default)).Problem.ShouldNotBeNull();

        stage.Simulator.RunCount.ShouldBe(1);
        stage.Asked("PATCH").ShouldBeEmpty();
    }

    [Theory]
    [InlineData(AirflowGeneration.Two)]
    [InlineData(AirflowGeneration.Three)]
    public async Task EveryPageOfTasksIsRead(AirflowGeneration generation)
    {
        await using var stage = await AirflowStage.StartAsync(generation);
        await stage.PublishAsync(string.Concat(Enumerable.Range(0, 230).Select(i => $"    X(task_id=\"t{i}\")\n")));
        await stage.StartRunAsync();

        var tasks = await stage.Client.Runs.TasksAsync(stage.Session, "churn", "bascule-1", default);

        tasks.Value.Select(task => task.Id).Distinct().Count().ShouldBe(232);
    }

    private static async Task<string> ShownAsync(AirflowStage stage)
    {
        var run = (await stage.ReadRunAsync()).Value;
        var tasks = (await stage.Client.Runs.TasksAsync(stage.Session, "churn", run.RunId, default)).Value;
        return $"{run.State}: {string.Join(' ', tasks.Select(task => $"{task.Id}={task.State}"))}";
    }
}
