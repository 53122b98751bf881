using System.Text;
using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.AzureML;
using Bascule.Connectors.Tests.Platforms.Sending;
using Bascule.Core.Notebooks;
using Bascule.Simulators.Azure.MachineLearning;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.AzureML;

/// <summary>Notebooks on the simulated workspace, where they are files.</summary>
[Trait("Threat", "T130")]
public sealed class NotebookTests : IAsyncLifetime
{
    private readonly AzureMlConformanceStage _stage = new();
    private readonly StagedCode _code = new(
        MemoryTree.Of(("train.py", "print(1)"), ("nb.ipynb", SentTreeTests.Dirty)),
        AzureMlConformanceStage.TaskOf("work")
    );

    private AmlSimulator Simulator => _stage.Workspace.Simulator;

    public Task InitializeAsync() => _stage.InitializeAsync();

    public Task DisposeAsync() => _stage.DisposeAsync();

    /// <summary>Of one commit: neither takes the other's version for its own.</summary>
    [Fact]
    public async Task OutputsStayBehindUnlessTheEnvironmentKeepsThem()
    {
        await StartAsync(NotebookOutputs.Strip);
        await StartAsync(NotebookOutputs.Keep);

        var (stripped, kept) = (Version(0), Version(1));
        kept.ShouldBe(_code.Tree.Content.Hex);
        stripped.ShouldNotBe(kept);
        Notebook(0).ShouldBe(SentTreeTests.Clean);
        Notebook(1).ShouldBe(SentTreeTests.Dirty);
    }

    [Fact]
    public async Task AnEnvironmentThatRefusesOutputsSendsNothing()
    {
        var run = RunUnder(NotebookOutputs.Refuse);
        var refused = (await run.StartAsync(_stage.Connect())).Problem.ShouldNotBeNull();

        refused.Message.ShouldContain("nb.ipynb: cell 1 holds 1 output");
        Simulator.BlobExchanges.Count.ShouldBe(0);
        Simulator.Jobs.ShouldBeEmpty();
    }

    private async Task StartAsync(NotebookOutputs policy) =>
        (await RunUnder(policy).StartAsync(_stage.Connect())).Problem.ShouldBeNull();

    private StagedRun RunUnder(NotebookOutputs policy)
    {
        _stage.Brings = new AzureMlEnvironment { NotebookOutputs = policy };
        return _stage.NewRun(_code);
    }

    private string[] CodeOf(int job) =>
        JsonNode.Parse(Simulator.Jobs[job].Submitted)!["codeId"]!.GetValue<string>().Split('/');

    private string Version(int job) => CodeOf(job)[^1];

    private string Notebook(int job) =>
        Encoding.UTF8.GetString(Simulator.FilesOf(CodeOf(job)[^3], Version(job))["nb.ipynb"]);
}
