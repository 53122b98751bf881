using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.AzureML.Jobs;
using Bascule.Connectors.ResourceManager;
using Bascule.Core;
using Bascule.Core.Platforms;
using Bascule.Simulators.Azure.MachineLearning;
using Bascule.Simulators.Databricks;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.AzureML;

/// <summary>Inputs that ask for the newest version: looked up for the plan, and then never again.</summary>
public sealed class NewestVersionTests : IAsyncLifetime
{
    private readonly AzureMlConformanceStage _stage = new();

    private AmlSimulator Simulator => _stage.Workspace.Simulator;

    public Task InitializeAsync() => _stage.InitializeAsync();

    public Task DisposeAsync() => _stage.DisposeAsync();

    [Fact]
    public async Task TheNewestVersionIsFixedWhenItIsPlanned()
    {
        var run = _stage.NewRun(Newest());

        await StartAsync(run);

        run.Started.Run.Plan.ShouldNotBeNull().ShouldContain("\"pinned\":{\"data\":\"2\"}");
        Simulator.Jobs[0].Submitted.ShouldContain("/data/churn/versions/2");
        // It was looked up once: the start took it from the plan.
        Simulator
            .Exchanges.Count(exchange => exchange.Path.EndsWith("/data/churn", StringComparison.Ordinal))
            .ShouldBe(1);
    }

    [Fact]
    public async Task AnInputThatThePlanDoesNotPinIsNotRun()
    {
        var (code, platform) = (Newest(), _stage.Connect());
        var run = _stage.NewRun(code);
        run.Withdrawn = Problem.Unavailable("not yet");
        await run.StartAsync(platform); // planned, and not begun
        var planned = run.Started;
        var plan = JsonNode.Parse(planned.Run.Plan!)!.AsObject();
        plan.Remove("pinned");

        var refused = await platform.StartAsync(
            new StartRequest(
                planned.Run with
                {
                    Plan = plan.ToJsonString(),
                },
                planned.Mark,
                planned.Task,
                planned.Environment,
                code.Tree,
                planned.Identity,
                planned.Audit,
                _ => { }
            ),
            default
        );

        refused.Problem.ShouldNotBeNull().Message.ShouldContain("does not say which version input 'data' is");
        Simulator.Jobs.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T143")]
    public async Task ANewestVersionThatIsNoVersionIsNotPinned()
    {
        Simulator.Inject(
            Fault.Forge("GET", "/data/churn", answer => answer["properties"]!["latestVersion"] = "2/../../x")
        );

        var refused = (await _stage.NewRun(Newest()).StartAsync(_stage.Connect())).Problem.ShouldNotBeNull();

        refused.Message.ShouldContain("asks for the newest version of 'churn', and the workspace has none");
        Simulator.Jobs.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T142")]
    public async Task NobodyLooksItUpWhereNobodyWasNamedForIt()
    {
        var options = _stage.Workspace.Options;
        var account = (ArmAccount.Federation)options.Azure.Account;
        _stage.Workspace.Options = options with
        {
            Azure = options.Azure with { Account = account with { Planner = null } },
        };
        var before = _stage.Calls;

        var refused = (await _stage.NewRun(Newest()).StartAsync(_stage.Connect())).Problem.ShouldNotBeNull();

        refused.Message.ShouldContain("write azureml:NAME:VERSION");
        _stage.Calls.ShouldBe(before);
    }

    [Fact]
    public async Task AReproductionTakesTheVersionOfItsPlanAndAsksNobodyForTheNewest()
    {
        var asked = _stage.NewRun(Newest()).Planned;
        var repeated = new JsonObject { ["pinned"] = new JsonObject { ["data"] = "1" } }.ToJsonString();
        var before = _stage.Calls;

        var plan = _stage.Connect().Plan(asked with { Repeats = repeated }).Value;

        var job = JsonNode.Parse(plan.Json)!["call"]!["body"]!["properties"]!;
        ((string)job["inputs"]!["data"]!["uri"]!).ShouldEndWith("/data/churn/versions/1");
        _stage.Calls.ShouldBe(before);
    }

    private StagedCode Newest()
    {
        var data = new JobInput { Asset = AssetReference.Parse("azureml:churn@latest"), Type = "uri_folder" };
        var task = AzureMlConformanceStage.TaskOf("work");
        return _stage.NewWork() with
        {
            Task = task with { Job = task.Job! with { Inputs = new Dictionary<string, JobInput> { ["data"] = data } } },
        };
    }

    private async Task StartAsync(StagedRun run) => (await run.StartAsync(_stage.Connect())).Problem.ShouldBeNull();
}
