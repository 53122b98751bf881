using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.Databricks.Bundles;
using Bascule.Core;
using Bascule.Core.Platforms;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.Databricks.Bundles;

/// <summary>Deployments by a stand-in for the Databricks CLI: what only bundles have.</summary>
public sealed class SimulatedBundleTests : IAsyncLifetime
{
    private const string Program = "import sys\nprint('run', sys.argv[1], 'depth', sys.argv[2])\n";
    private readonly ShiftedTime _time = new();
    private readonly SimulatedBundleStage _stage;

    public SimulatedBundleTests() => _stage = SimulatedBundleStage.At(_time);

    public Task InitializeAsync() => _stage.InitializeAsync();

    public Task DisposeAsync() => _stage.DisposeAsync();

    [Fact]
    public async Task DeploysWhatWasPlannedAndRunsTheJobOfIt()
    {
        var (run, platform) = (_stage.NewRun(_stage.CodeOf(Program)), _stage.Connect());

        var plan = (await PlanAsync(platform, run)).Value;
        (await run.StartAsync(platform)).Problem.ShouldBeNull();
        var end = await run.WatchToEndAsync(platform);

        plan.Summary.ShouldContain(
            "deploys target prod of bundle 'churn' to /Workspace/Shared/.bundle/churn/prod, then runs job train_job"
        );
        plan.Summary.ShouldContain("2 of 2 resources change; all files are sent");
        plan.Summary.ShouldContain("+ jobs.train_job");
        plan.HoldsAlone.ShouldBeTrue();
        plan.Target.ShouldBe("bundle:/Workspace/Shared/.bundle/churn/prod");
        end.LogTail.ShouldNotBeNull().ShouldContain($"run {run.Mark} depth 3");
        _stage.Simulator.FilesUnder(SimulatedBundleStage.Root + "/files").Keys.Count().ShouldBe(3);
    }

    /// <summary>What people see in a notebook may be data: it stays on the forge, however the notebook travels.</summary>
    [Fact]
    [Trait("Threat", "T130")]
    public async Task LeavesTheOutputsOfNotebooksBehind()
    {
        const string notebook =
            """{"cells":[{"cell_type":"code","execution_count":1,"metadata":{},"outputs":[{"output_type":"stream","name":"stdout","text":["ada@example.com"]}],"source":["print(1)"]}],"metadata":{},"nbformat":4,"nbformat_minor":5}""";
        var platform = _stage.Connect();
        var code = _stage.CodeOf(Program);
        code.Tree.Add("src/look.ipynb", notebook);
        var run = _stage.NewRun(code);

        var plan = (await PlanAsync(platform, run)).Value;
        (await run.StartAsync(platform)).Problem.ShouldBeNull();

        plan.Summary.ShouldContain("leaves the outputs of 1 notebook behind: src/look.ipynb");
        var sent = _stage
            .Simulator.FilesUnder(SimulatedBundleStage.Root + "/files")
            .Single(file => file.Key.EndsWith("look.ipynb", StringComparison.Ordinal));
        var text = System.Text.Encoding.UTF8.GetString(sent.Value);
        text.ShouldContain("print(1)");
        text.ShouldNotContain("ada@example.com");
    }

    [Fact]
    [Trait("Threat", "T142")]
    public async Task PlansByThePrincipalThatMayOnlyReadAndDeploysByTheOther()
    {
        var (run, platform) = (_stage.NewRun(_stage.CodeOf(Program)), _stage.Connect());

        await PlanAsync(platform, run);
        var planned = Principals();
        await run.StartAsync(platform);

        planned.ShouldBe([SimulatedDatabricksStage.PlannerClient]);
        platform.ShouldBeAssignableTo<IComparesPlans>();
        _stage
            .Cli.Calls.Where(call => call.Arguments.StartsWith("bundle deploy", StringComparison.Ordinal))
            .ShouldAllBe(call => call.Principal == SimulatedDatabricksStage.Client);
        Principals().ShouldBe([SimulatedDatabricksStage.Client, SimulatedDatabricksStage.PlannerClient]);
        run.Audit.Entries.Select(entry => entry.Operation)
            .Distinct()
            .ShouldBe([
                "databricks.token.exchange",
                "databricks.bundle.plan",
                "databricks.bundle.deploy",
                "databricks.jobs.run-now",
            ]);
    }

    [Fact]
    public async Task ShowsWhatASecondCommitChangesAndThatNothingElseDoes()
    {
        var platform = _stage.Connect();
        await RunAsync(platform, _stage.CodeOf(Program));
        var code = _stage.CodeOf(Program);
        code.Tree.Add(
            "resources/train.yml",
            SimulatedBundleStage.Job.Replace("name: churn", "name: another", StringComparison.Ordinal)
        );

        var plan = (await PlanAsync(platform, _stage.NewRun(code))).Value;

        plan.Summary.ShouldContain("1 of 2 resources change; all files are sent");
        plan.Summary.ShouldContain("~ jobs.train_job: name");
        plan.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task WarnsOfWhatIsDeleted()
    {
        var platform = _stage.Connect();
        await RunAsync(platform, _stage.CodeOf(Program));
        var code = _stage.CodeOf(Program);
        code.Tree.Add(
            "resources/train.yml",
            SimulatedBundleStage.Job.Replace("train_job:", "other_job:", StringComparison.Ordinal)
        );
        var task = new StagedCode(code.Tree, TaskOf("other_job"));

        var plan = (await PlanAsync(platform, _stage.NewRun(task))).Value;

        plan.Warnings.ShouldContain("jobs.train_job is deleted");
    }

    [Fact]
    [Trait("Threat", "T104")]
    public async Task DeploysNothingWhenTheWorkspaceIsAnotherOneThanWasPlannedFor()
    {
        var platform = _stage.Connect();
        await RunAsync(platform, _stage.CodeOf(Program));
        var run = _stage.NewRun(_stage.CodeOf(Program + "# other\n"));
        run.Withdrawn = Problem.Unavailable("not yet");
        await run.StartAsync(platform); // planned, and not begun
        run.Withdrawn = null;
        await RenameJobAsync("renamed by hand");
        var before = Deployments();

        var problem = (await run.StartAsync(platform)).Problem.ShouldNotBeNull();

        problem.Code.ShouldBe(ProblemCode.Conflict);
        problem.Message.ShouldContain("something else now than was planned");
        Deployments().ShouldBe(before);
    }

    [Fact]
    [Trait("Threat", "T133")]
    public async Task GoesOnAfterADeploymentWhoseEndNobodySaw()
    {
        var (run, before) = (_stage.NewRun(_stage.CodeOf(Program)), _stage.Effects);
        _stage.Cli.Break("die-when-done");

        (await run.StartAsync(_stage.Connect())).Problem.ShouldNotBeNull();
        var locked = (await run.StartAsync(_stage.Connect())).Problem.ShouldNotBeNull();
        _time.Shift(DatabricksCli.DeployTime + TimeSpan.FromMinutes(1));
        (await run.StartAsync(_stage.Connect())).Problem.ShouldBeNull();
        var end = await run.WatchToEndAsync(_stage.Connect());

        locked.IsTransient.ShouldBeTrue(locked.Message);
        locked.Message.ShouldContain("an earlier deployment of this run broke off");
        end.State.ShouldBe(PlatformRunState.Succeeded, end.Message);
        _stage.Effects.ShouldBe(before + 1);
        (await JobsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    [Trait("Threat", "T133")]
    public async Task BreaksNobodysLockThatItDidNotTakeItself()
    {
        var run = _stage.NewRun(_stage.CodeOf(Program));
        _stage.Cli.Break("die-with-lock");
        await run.StartAsync(_stage.Connect());
        _time.Shift(DatabricksCli.DeployTime + TimeSpan.FromMinutes(1));

        var other = (
            await _stage.NewRun(_stage.CodeOf(Program)).StartAsync(_stage.Connect())
        ).Problem.ShouldNotBeNull();

        other.IsTransient.ShouldBeFalse();
        other.Message.ShouldContain("deploy lock acquired by somebody");
    }

    [Fact]
    [Trait("Threat", "T131")]
    public async Task EndsACliThatSaysTooMuchAndLeavesNothingBehind()
    {
        _stage.Cli.Break("endless");
        var (run, platform) = (_stage.NewRun(_stage.CodeOf(Program)), _stage.Connect());

        var problem = (await PlanAsync(platform, run)).Problem.ShouldNotBeNull();
        await RunAsync(platform, _stage.CodeOf(Program));

        problem.Message.ShouldContain("says more than 16 MiB");
        _stage.Cli.Calls.Where(call => call.Arguments != "version --output json").ShouldNotBeEmpty();
        _stage
            .Cli.Calls.Where(call => call.Principal != "nobody")
            .ShouldAllBe(call => !Directory.Exists(Path.GetDirectoryName(call.Folder)));
    }

    [Fact]
    [Trait("Threat", "T63")]
    [Trait("Threat", "T131")]
    public async Task ShowsTheCliNoBundleThatWouldRunCode()
    {
        var code = _stage.CodeOf(Program);
        code.Tree.Add("resources/hook.yml", "experimental:\n  scripts:\n    preinit: touch /tmp/owned\n");
        var platform = _stage.Connect();

        var problem = (await PlanAsync(platform, _stage.NewRun(code))).Problem.ShouldNotBeNull();

        problem.Message.ShouldContain("resources/hook.yml:2: experimental.scripts runs code on Bascule's host");
        _stage.Cli.Calls.ShouldBeEmpty();
        _stage.Cli.RanCode.ShouldBeFalse();
    }

    [Fact]
    [Trait("Threat", "T141")]
    public async Task RefusesAFolderThatIsAnotherRepositorysBundle()
    {
        var (platform, run) = (_stage.Connect(), _stage.NewRun(_stage.CodeOf(Program)));
        var plan = (await PlanAsync(platform, run)).Value.Json;

        var taken = await BesideAsync("ml/other");
        var shared = await BesideAsync("ml/churn");

        taken.Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Denied);
        taken.Problem!.Message.ShouldContain("belongs to workflow 'train' of ml/other");
        shared.Problem.ShouldBeNull("two workflows of a repository may run jobs of one bundle");

        Task<Result<PlatformPlan>> BesideAsync(string repository) =>
            platform.PlanAsync(
                Asked(run) with
                {
                    Others = [new OtherDeployment(repository, "train", "ml-prod", plan)],
                },
                default
            );
    }

    [Fact]
    public async Task PlansWithoutAnEnvironmentByTheFilesAlone()
    {
        var run = _stage.NewRun(_stage.CodeOf(Program));
        var asked = run.Planned with { Environment = null, EnvironmentName = null };

        var plan = (await _stage.Connect().PlanAsync(asked, default)).Value;

        plan.Summary.ShouldContain("what would change in the workspace shows where an environment is named");
        _stage.Cli.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task RefusesATargetThatTheEnvironmentDoesNotAllow()
    {
        var run = _stage.NewRun(_stage.CodeOf(Program));
        var asked = Asked(run) with { Environment = _stage.EnvironmentOf("""{"catalog":"dev"}""") };

        var problem = (await _stage.Connect().PlanAsync(asked, default)).Problem.ShouldNotBeNull();

        problem.Code.ShouldBe(ProblemCode.Denied);
        problem.Message.ShouldContain("an operator adds it with bundles: [prod]");
        _stage.Cli.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task RefusesBundlesWhereThereIsNoCli()
    {
        var stage = new SimulatedDatabricksStage();
        await stage.InitializeAsync();
        try
        {
            var run = stage.NewRun(_stage.CodeOf(Program));
            var platform = stage.Connect();

            var problem = (await platform.PlanAsync(run.Planned, default)).Problem.ShouldNotBeNull();
            var start = (await run.StartAsync(platform)).Problem.ShouldNotBeNull();

            problem.Code.ShouldBe(ProblemCode.Denied);
            problem.Message.ShouldContain("names it with cli: /usr/local/bin/databricks");
            start.Message.ShouldBe(problem.Message);
            platform.ShouldNotBeAssignableTo<IComparesPlans>();
        }
        finally
        {
            await stage.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("""{"Version":"0.299.0"}""", "is 0.299.0, and 1.3.0 is the least")]
    [InlineData("""{"Version":"new"}""", "does not say its version")]
    [InlineData("Databricks CLI v1.9.0", "does not say its version")]
    public async Task RefusesAnotherCli(string says, string fault)
    {
        await File.WriteAllTextAsync(_stage.Cli.Path, $"#!/usr/bin/python3 -I\nprint('{says}')\n");
        var platform = _stage.Connect();

        var problem = (await PlanAsync(platform, _stage.NewRun(_stage.CodeOf(Program)))).Problem.ShouldNotBeNull();
        var doctor = (await platform.IdentifyAsync(_stage.Identity, default)).Problem.ShouldNotBeNull();

        problem.Message.ShouldContain(fault);
        doctor.Message.ShouldContain(fault);
    }

    [Fact]
    public async Task RefusesACliThatOthersCanChangeMeanwhile()
    {
        var platform = _stage.Connect();
        File.SetUnixFileMode(_stage.Cli.Path, File.GetUnixFileMode(_stage.Cli.Path) | UnixFileMode.OtherWrite);

        var problem = (await PlanAsync(platform, _stage.NewRun(_stage.CodeOf(Program)))).Problem.ShouldNotBeNull();

        problem.Message.ShouldContain("can be changed by its group or by everybody");
        _stage.Cli.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task TellsDoctorWhoWeAreAndWhichCliThereIs()
    {
        var platform = _stage.Connect();

        (await platform.IdentifyAsync(_stage.Identity, default)).Value.ShouldEndWith(
            "bundles by Databricks CLI 1.13.0-stand-in"
        );
        var planner = (IComparesPlans)platform;
        (await planner.IdentifyPlannerAsync(_stage.Planner, default)).Value.ShouldContain(
            SimulatedDatabricksStage.PlannerClient
        );
        (await planner.IdentifyPlannerAsync(_stage.Identity, default)).Problem.ShouldNotBeNull();
        planner
            .PlannerSetup("https://b.example", "plan:test", "ml-prod")
            .ShouldContain(SimulatedDatabricksStage.PlannerClient);
    }

    private static PlanRequest Asked(StagedRun run, PlanAccess access) => run.Planned with { Access = access };

    private PlanRequest Asked(StagedRun run) => Asked(run, new PlanAccess(_stage.Planner, run.Audit));

    private Task<Result<PlatformPlan>> PlanAsync(IPlatform platform, StagedRun run) =>
        platform.PlanAsync(Asked(run), default);

    private async Task RunAsync(IPlatform platform, StagedCode code)
    {
        var run = _stage.NewRun(code);
        (await run.StartAsync(platform)).Problem.ShouldBeNull();
        await run.WatchToEndAsync(platform);
    }

    private static PlatformTask TaskOf(string job)
    {
        var (reader, problems) = SettingTree.Read($$"""{"bundle":{"target":"prod","run":"{{job}}"} }""");
        var task = new Connectors.Platforms.Databricks.DatabricksConnector().ReadTask(reader);
        problems.ShouldBeEmpty();
        return task.ShouldNotBeNull();
    }

    private List<string> Principals() =>
        [
            .. _stage
                .Cli.Calls.Select(call => call.Principal)
                .Where(name => name != "nobody")
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];

    private int Deployments() =>
        _stage.Cli.Calls.Count(call => call.Arguments.StartsWith("bundle deploy", StringComparison.Ordinal));

    private async Task<List<JsonNode>> JobsAsync()
    {
        using var colleague = _stage.Colleague();
        var list = await colleague.GetFromJsonAsync<JsonObject>("/api/2.2/jobs/list");
        return [.. (list!["jobs"] as JsonArray ?? []).Select(job => job!)];
    }

    private async Task RenameJobAsync(string name)
    {
        using var colleague = _stage.Colleague();
        var job = (await JobsAsync()).Single();
        var settings = job["settings"]!.DeepClone().AsObject();
        settings["name"] = name;
        var body = new JsonObject { ["job_id"] = job["job_id"]!.DeepClone(), ["new_settings"] = settings };
        (await colleague.PostAsJsonAsync("/api/2.2/jobs/reset", body)).EnsureSuccessStatusCode();
    }

    /// <summary>The machine's clock, moved forward.</summary>
    private sealed class ShiftedTime : TimeProvider
    {
        private TimeSpan _by;

        public void Shift(TimeSpan by) => _by += by;

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _by;
    }
}
