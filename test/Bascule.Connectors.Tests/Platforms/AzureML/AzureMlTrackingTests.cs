using Bascule.Core.Platforms;
using Bascule.Simulators.Azure.MachineLearning;
using Bascule.Simulators.Databricks;

namespace Bascule.Connectors.Tests.Platforms.AzureML;

/// <summary>What the workspace's MLflow endpoint refuses, and how that is passed on.</summary>
public sealed class AzureMlTrackingTests : IAsyncLifetime
{
    private readonly AzureMlConformanceStage _stage = new();

    private AmlSimulator Simulator => _stage.Workspace.Simulator;

    public Task InitializeAsync() => _stage.InitializeAsync();

    public Task DisposeAsync() => _stage.DisposeAsync();

    /// <summary>A server that repeats what it was called with gets none of it into a run's page.</summary>
    [Fact]
    [Trait("Threat", "T114")]
    public async Task ARefusalIsSaidWithoutTheTokenItRepeats()
    {
        var (run, platform) = (_stage.NewRun(_stage.Training), _stage.Connect());
        await run.StartAsync(platform);
        await run.WatchToEndAsync(platform);
        var token = Simulator.Directory.Issued.ShouldHaveSingleItem();
        Simulator.Inject(Fault.Error("GET", "/runs/get", 400, "BAD_REQUEST", $"{token} is not for this"));

        var refused = (await ((IRunResults)platform).ReadResultsAsync(run.Started, default)).Problem.ShouldNotBeNull();

        refused.Message.ShouldContain("BAD_REQUEST: *** is not for this");
        refused.Message.ShouldNotContain(token);
    }
}
