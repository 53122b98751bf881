using Bascule.Simulators.Azure.MachineLearning;
using Bascule.Simulators.Databricks;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.AzureML;

/// <summary>A log lies where the workspace says, at an address whose query is a signature.</summary>
public sealed class AzureMlLogTests : IAsyncLifetime
{
    private readonly AzureMlConformanceStage _stage = new();

    private AmlSimulator Simulator => _stage.Workspace.Simulator;

    public Task InitializeAsync() => _stage.InitializeAsync();

    public Task DisposeAsync() => _stage.DisposeAsync();

    [Fact]
    [Trait("Threat", "T143")]
    public async Task AnAddressThatIsNotWrittenAsItIsCalledIsNotCalled()
    {
        var run = await EndedAsync();
        var before = Simulator.BlobExchanges.Count;
        Simulator.Inject(
            Fault.Forge(
                "GET",
                "/details",
                answer => answer["logFiles"]![AmlJob.UsualLog] = $"{Simulator.BlobUrl}azureml/../other/log?sig=x"
            )
        );

        var seen = (await run.LookAsync(_stage.Connect())).Value;

        seen.LogTail.ShouldBeNull();
        seen.Message.ShouldNotBeNull().ShouldContain("is at no address");
        Simulator.BlobExchanges.Count.ShouldBe(before);
        (await run.LookAsync(_stage.Connect())).Value.LogTail.ShouldBe("trained\n");
    }

    [Fact]
    [Trait("Threat", "T114")]
    public async Task TheStoragesOwnWordsMayHoldTheSignatureAndAreNotSaid()
    {
        var run = await EndedAsync();
        Simulator.Inject(Fault.Answer("GET", AmlJob.UsualLog, 400, "no such place: ?sig=c2lnbmVk"));

        var seen = (await run.LookAsync(_stage.Connect())).Value;

        seen.LogTail.ShouldBeNull();
        seen.Message.ShouldNotBeNull().ShouldContain("its log could not be read");
        seen.Message.ShouldNotContain("c2lnbmVk");
    }

    private async Task<StagedRun> EndedAsync()
    {
        var (run, platform) = (_stage.NewRun(_stage.NewWork()), _stage.Connect());
        (await run.StartAsync(platform)).Problem.ShouldBeNull();
        await run.WatchToEndAsync(platform);
        return run;
    }
}
