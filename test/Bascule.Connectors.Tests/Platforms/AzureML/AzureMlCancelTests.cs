using Bascule.Simulators.Azure.MachineLearning;
using Bascule.Simulators.Databricks;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.AzureML;

/// <summary>A cancel that is refused: what the job says afterwards decides whether it is done.</summary>
public sealed class AzureMlCancelTests : IAsyncLifetime
{
    private readonly AzureMlConformanceStage _stage = new();

    private AmlSimulator Simulator => _stage.Workspace.Simulator;

    public Task InitializeAsync() => _stage.InitializeAsync();

    public Task DisposeAsync() => _stage.DisposeAsync();

    [Theory]
    [InlineData("Completed", true)]
    [InlineData("CancelRequested", true)]
    [InlineData("Running", false)]
    public async Task ItIsDoneWhenTheJobHasEndedOrIsOnItsWay(string status, bool isDone)
    {
        var run = await StartAsync();
        Simulator.Jobs[0].AtLooks(_ => { }, job => job.MoveTo(status));
        RefuseCancel();

        var canceled = await run.CancelAsync(_stage.Connect());

        (canceled.Problem is null).ShouldBe(isDone, canceled.Problem?.Message);
        Simulator.HasFaults.ShouldBeFalse();
    }

    [Fact]
    public async Task ItIsDoneWhenTheJobIsGone()
    {
        var run = await StartAsync();
        RefuseCancel();
        Simulator.Inject(Fault.Answer("GET", "/jobs/", 404, "") with { Skip = 1 });

        (await run.CancelAsync(_stage.Connect())).Problem.ShouldBeNull();
    }

    [Fact]
    [Trait("Threat", "T134")]
    public async Task AJobWithAnotherMarkDoesNotSayThatItIsDone()
    {
        var run = await StartAsync();
        RefuseCancel();
        Simulator.Inject(
            Fault.Forge(
                "GET",
                "/jobs/",
                answer =>
                {
                    answer["properties"]!["status"] = "Completed";
                    answer["properties"]!["tags"]!["bascule.run"] = "x.seal";
                }
            ) with
            {
                Skip = 1,
            }
        );

        var refused = (await run.CancelAsync(_stage.Connect())).Problem.ShouldNotBeNull();

        refused.Message.ShouldContain("it cannot be canceled");
    }

    private void RefuseCancel() =>
        Simulator.Inject(
            Fault.Answer(
                "POST",
                "/cancel",
                400,
                """{"error":{"code":"BadRequest","message":"it cannot be canceled"}}"""
            )
        );

    private async Task<StagedRun> StartAsync()
    {
        var run = _stage.NewRun(_stage.NewEndless());
        (await run.StartAsync(_stage.Connect())).Problem.ShouldBeNull();
        return run;
    }
}
