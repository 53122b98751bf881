using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Platforms;
using Bascule.Simulators.Azure.MachineLearning;
using Bascule.Simulators.Azure.Resources;
using Bascule.Simulators.Databricks;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.AzureML;

/// <summary>Jobs on the simulated workspace.</summary>
public sealed class AzureMlPlatformTests : IAsyncLifetime
{
    private readonly AzureMlConformanceStage _stage = new();

    private AmlSimulator Simulator => _stage.Workspace.Simulator;

    public Task InitializeAsync() => _stage.InitializeAsync();

    public Task DisposeAsync() => _stage.DisposeAsync();

    [Fact]
    public async Task TheStudioShowsTheCommit()
    {
        var run = _stage.NewRun(_stage.NewWork());

        await StartAsync(run);

        var job = JsonNode.Parse(Simulator.Jobs.ShouldHaveSingleItem().Submitted)!;
        var commit = run.Started.Run.Commit.ToString();
        foreach (var name in new[] { "azureml.git.commit", "mlflow.source.git.commit" })
            ((string)job["properties"]![name]!).ShouldBe(commit);
        ((string)job["properties"]!["mlflow.source.git.branch"]!).ShouldBe("main");
        ((string)job["properties"]!["azureml.git.dirty"]!).ShouldBe("False");
        ((string)job["tags"]!["bascule.run"]!).ShouldBe(run.Mark);
        ((string)job["displayName"]!).ShouldBe($"churn {commit}");
    }

    [Fact]
    public async Task AJobThatNamesNoComputeIsServerless()
    {
        await StartAsync(_stage.NewRun(_stage.NewWork()));

        JsonNode.Parse(Simulator.Jobs[0].Submitted)!["computeId"].ShouldBeNull();
    }

    [Fact]
    public async Task TheProgramGetsTheExactTree()
    {
        var code = _stage.NewWork();
        await StartAsync(_stage.NewRun(code));

        var version = JsonNode.Parse(Simulator.Jobs[0].Submitted)!["codeId"]!.GetValue<string>().Split('/');
        var files = Simulator.FilesOf(version[^3], version[^1]);

        files.Keys.Order().ShouldBe(["lib/data.py", "train.py"]);
        version[^1].ShouldBe(code.Tree.Content.Hex);
    }

    [Fact]
    public async Task EqualTreesAreSentOnce()
    {
        var code = _stage.NewWork();
        await StartAsync(_stage.NewRun(code));
        var sent = Simulator.BlobExchanges.Count;

        await StartAsync(_stage.NewRun(code));

        Simulator.BlobExchanges.Count.ShouldBe(sent);
        Simulator.Jobs.Count.ShouldBe(2);
    }

    /// <summary>Two processes: neither knows what the other does.</summary>
    [Fact]
    public async Task TwoUploadsOfOneTreeDoNotHurtEachOther()
    {
        var code = _stage.NewWork();
        var runs = new[] { _stage.NewRun(code), _stage.NewRun(code) };

        var started = await Task.WhenAll(runs.Select(run => run.StartAsync(_stage.Connect())));

        started.ShouldAllBe(one => one.Problem == null);
        Simulator.Jobs.Count.ShouldBe(2);
    }

    [Fact]
    public async Task ABlobThatIsThereAlreadyIsAnothersUploadAndNotSuccess()
    {
        Simulator.Inject(
            Fault.Answer("PUT", "tree/", 409, "") with
            {
                Headers = new Dictionary<string, string> { ["x-ms-error-code"] = "BlobAlreadyExists" },
            }
        );
        var run = _stage.NewRun(_stage.NewWork());

        var refused = (await run.StartAsync(_stage.Connect())).Problem.ShouldNotBeNull();

        refused.IsTransient.ShouldBeTrue(refused.Message);
        Simulator.Jobs.ShouldBeEmpty();
        await StartAsync(run);
    }

    /// <summary>In one process the second waits, and finds what the first has sent.</summary>
    [Fact]
    public async Task TwoRunsOfOneTreeSendItOnce()
    {
        var (code, platform) = (_stage.NewWork(), _stage.Connect());
        var runs = new[] { _stage.NewRun(code), _stage.NewRun(code) };

        var started = await Task.WhenAll(runs.Select(run => run.StartAsync(platform)));

        started.ShouldAllBe(one => one.Problem == null);
        Simulator.Writes["codes/startPendingUpload"].ShouldBe(1);
    }

    [Fact]
    public async Task AVersionThatCannotBeReadYetIsWaitedFor()
    {
        Simulator.Inject(Fault.Answer("GET", "/codes/", 404, "") with { Skip = 1 });
        var run = _stage.NewRun(_stage.NewWork());

        var refused = (await run.StartAsync(_stage.Connect())).Problem.ShouldNotBeNull();

        refused.IsTransient.ShouldBeTrue(refused.Message);
        refused.Message.ShouldContain("was written and cannot be read yet");
        Simulator.Jobs.ShouldBeEmpty();
        await StartAsync(run);
    }

    [Fact]
    [Trait("Threat", "T143")]
    public async Task CodeDoesNotGoWhereAnotherPlaceIsSigned()
    {
        Simulator.Inject(
            Fault.Forge(
                "POST",
                "startPendingUpload",
                answer =>
                    answer["blobReferenceForConsumption"]!["blobUri"] = "https://other.blob.core.windows.net/container"
            )
        );

        var refused = (await _stage.NewRun(_stage.NewWork()).StartAsync(_stage.Connect())).Problem.ShouldNotBeNull();

        refused.Message.ShouldContain("are not of one place");
        Simulator.BlobExchanges.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("bascule.tree")]
    [InlineData("bascule.content")]
    [Trait("Threat", "T141")]
    public async Task AVersionOfOtherContentIsNotRun(string property)
    {
        var code = _stage.NewWork();
        await StartAsync(_stage.NewRun(code));
        Simulator.Inject(
            Fault.Forge("GET", "/codes/", answer => answer["properties"]!["properties"]![property] = "other")
        );

        var refused = (await _stage.NewRun(code).StartAsync(_stage.Connect())).Problem.ShouldNotBeNull();

        (refused.Code, Simulator.Jobs.Count).ShouldBe((ProblemCode.Conflict, 1));
        refused.Message.ShouldContain("holds something else");
    }

    [Fact]
    [Trait("Threat", "T134")]
    public async Task AJobWithAnotherMarkIsNotBelieved()
    {
        var run = _stage.NewRun(_stage.Training);
        await StartAsync(run);
        await run.WatchToEndAsync(_stage.Connect());
        Simulator.Inject(
            Fault.Forge("GET", "/jobs/", answer => answer["properties"]!["tags"]!["bascule.run"] = "x.seal") with
            {
                Times = 3,
            }
        );
        var platform = _stage.Connect();

        var seen = (await run.LookAsync(platform)).Problem.ShouldNotBeNull();
        var results = (await ((IRunResults)platform).ReadResultsAsync(run.Started, default)).Value;
        var again = (await run.StartAsync(platform)).Problem.ShouldNotBeNull();

        (seen.Code, again.Code).ShouldBe((ProblemCode.Denied, ProblemCode.Denied));
        (results.Metrics.Count, results.Models.Count).ShouldBe((0, 0));
        results.Warnings.ShouldHaveSingleItem().ShouldContain("does not carry this run's mark");
    }

    [Fact]
    [Trait("Threat", "T134")]
    public async Task AnMlflowRunWithAnotherMarkIsNotRead()
    {
        var run = _stage.NewRun(_stage.Training);
        await StartAsync(run);
        await run.WatchToEndAsync(_stage.Connect());
        Simulator.Job(run.PlatformId!).SetTag("bascule.run", "x.seal");

        var results = (await ((IRunResults)_stage.Connect()).ReadResultsAsync(run.Started, default)).Value;

        results.Metrics.ShouldBeEmpty();
        results.Warnings.ShouldHaveSingleItem().ShouldContain("its bascule.run is another one's");
    }

    [Theory]
    [InlineData("run_id", "other", "was answered for")]
    [InlineData("lifecycle_stage", "deleted", "is deleted")]
    [Trait("Threat", "T134")]
    public async Task AnMlflowRunThatIsNotTheJobsIsNotRead(string member, string value, string warning)
    {
        var run = _stage.NewRun(_stage.Training);
        await StartAsync(run);
        await run.WatchToEndAsync(_stage.Connect());
        Simulator.Inject(Fault.Forge("GET", "/runs/get", answer => answer["run"]!["info"]![member] = value));

        var results = (await ((IRunResults)_stage.Connect()).ReadResultsAsync(run.Started, default)).Value;

        results.Metrics.ShouldBeEmpty();
        results.Warnings.ShouldHaveSingleItem().ShouldContain(warning);
    }

    [Fact]
    public async Task AJobThatGivesNoSignOfLifeMayComeBack()
    {
        var (run, platform) = (_stage.NewRun(_stage.NewEndless()), _stage.Connect());
        await StartAsync(run);
        Simulator.Jobs[0].MoveTo("NotResponding");

        var lost = (await run.LookAsync(platform)).Value;
        Simulator.Jobs[0].MoveTo("Queued");

        (lost.State, lost.IsTerminal).ShouldBe((PlatformRunState.Running, false));
        lost.Message.ShouldNotBeNull().ShouldContain("may come back");
        (await run.LookAsync(platform)).Value.State.ShouldBe(PlatformRunState.Waiting);
    }

    /// <summary>A crash or a lost answer at each call of a start: a new process goes on, and one job runs.</summary>
    [Theory]
    [Trait("Threat", "T133")]
    [InlineData("POST", "startPendingUpload")]
    [InlineData("PUT", "tree/")]
    [InlineData("PUT", "/codes/")]
    [InlineData("PUT", "/jobs/")]
    public async Task ALostAnswerStartsNoSecondJob(string method, string path)
    {
        var run = _stage.NewRun(_stage.NewWork());
        Simulator.Inject(Fault.AbortAfter(method, path));

        var first = await run.StartAsync(_stage.Connect());
        await StartAsync(run);
        await StartAsync(run);

        Simulator.HasFaults.ShouldBeFalse();
        (first.Problem?.IsTransient ?? true).ShouldBeTrue(first.Problem?.Message);

        Simulator.Jobs.ShouldHaveSingleItem().Name.ShouldBe(run.PlatformId);
    }

    [Fact]
    [Trait("Threat", "T133")]
    public async Task AJobThatSomebodyDeletedIsNotStartedAgain()
    {
        var run = _stage.NewRun(_stage.NewWork());
        await StartAsync(run);
        Simulator.Jobs[0].Delete();

        var refused = (await run.StartAsync(_stage.Connect())).Problem.ShouldNotBeNull();

        refused.Code.ShouldBe(ProblemCode.Conflict);
        Simulator.Jobs.ShouldBeEmpty();
    }

    [Fact]
    public async Task WhatIsWithdrawnIsNotLaunched()
    {
        var run = _stage.NewRun(_stage.NewWork());
        run.Withdrawn = Problem.Conflict("canceled");

        (await run.StartAsync(_stage.Connect())).Problem!.Message.ShouldBe("canceled");

        Simulator.Jobs.ShouldBeEmpty();
    }

    /// <summary>A role at the workspace may cancel, and may not see at the resource group how that ends.</summary>
    [Theory]
    [InlineData(ArmRole.DataScientist)]
    [InlineData(ArmRole.DataScientist | ArmRole.Poll)]
    public async Task ACancelIsDoneOnceTheJobSaysSo(ArmRole role)
    {
        var (run, platform) = (_stage.NewRun(_stage.NewEndless()), _stage.Connect());
        await StartAsync(run);
        Simulator.Assign(Simulator.Application, role);

        (await run.CancelAsync(platform)).Problem.ShouldBeNull();

        (await run.WatchToEndAsync(platform)).State.ShouldBe(PlatformRunState.Canceled);
    }

    [Fact]
    public async Task AMissingRoleIsNamed()
    {
        Simulator.Assign(Simulator.Application, ArmRole.Read);

        var refused = (await _stage.NewRun(_stage.NewWork()).StartAsync(_stage.Connect())).Problem.ShouldNotBeNull();

        refused.Code.ShouldBe(ProblemCode.Denied);
        refused.Message.ShouldContain("lacks a role at workspace");
    }

    [Fact]
    public async Task TheDoctorMissesTheRoleBeforeARunDoes()
    {
        var platform = _stage.Connect();
        (await platform.IdentifyAsync(_stage.Identity, default)).Value.ShouldContain(
            "which may act on the jobs of workspace"
        );

        Simulator.Assign(Simulator.Application, ArmRole.Read);

        var missing = (await platform.IdentifyAsync(_stage.Identity, default)).Problem.ShouldNotBeNull();
        missing.Message.ShouldContain("lacks a role at workspace");
        Simulator.Jobs.ShouldBeEmpty();
    }

    [Fact]
    public async Task ThrottlingIsWaitedOut()
    {
        Simulator.FailWrite(1, WriteFailure.TooMany);

        await StartAsync(_stage.NewRun(_stage.NewWork()));

        _stage.Workspace.Time.Waits.ShouldContain(TimeSpan.FromSeconds(1));
    }

    [Fact]
    [Trait("Threat", "T143")]
    public async Task NothingIsSentToHostsThatNobodyKnows()
    {
        _stage.Workspace.Options = _stage.Workspace.Options with { Hosts = [] };

        var refused = (await _stage.NewRun(_stage.NewWork()).StartAsync(_stage.Connect())).Problem.ShouldNotBeNull();

        refused.Code.ShouldBe(ProblemCode.Denied);
        refused.Message.ShouldContain("name it in the connection's hosts:");
        Simulator.BlobExchanges.ShouldBeEmpty();
    }

    private async Task StartAsync(StagedRun run) => (await run.StartAsync(_stage.Connect())).Problem.ShouldBeNull();
}
