using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.AzureML.Jobs;
using Bascule.Connectors.ResourceManager;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Tests.Platforms.AzureML;

/// <summary>What each state of a job means.</summary>
public sealed class JobReadingTests
{
    [Theory]
    [InlineData("NotStarted", PlatformRunState.Waiting)]
    [InlineData("Starting", PlatformRunState.Waiting)]
    [InlineData("Provisioning", PlatformRunState.Waiting)]
    [InlineData("Preparing", PlatformRunState.Waiting)]
    [InlineData("Queued", PlatformRunState.Waiting)]
    [InlineData("Running", PlatformRunState.Running)]
    [InlineData("Finalizing", PlatformRunState.Running)]
    [InlineData("CancelRequested", PlatformRunState.Running)]
    [InlineData("NotResponding", PlatformRunState.Running)]
    [InlineData("Paused", PlatformRunState.Running)]
    [InlineData("Unknown", PlatformRunState.Running)]
    [InlineData("Invented", PlatformRunState.Running)]
    [InlineData("Completed", PlatformRunState.Succeeded)]
    [InlineData("Failed", PlatformRunState.Failed)]
    [InlineData("Canceled", PlatformRunState.Canceled)]
    public void OnlyThreeStatesAreEnds(string status, PlatformRunState state)
    {
        var job = Read($$"""{"status":"{{status}}"}""");

        job.State.ShouldBe(state);
        job.IsTerminal.ShouldBe(status is "Completed" or "Failed" or "Canceled");
    }

    [Theory]
    [InlineData("""{"status":"Running","tags":{"bascule.run":"run1.seal"}}""", "run1.seal")]
    [InlineData("""{"status":"Running","tags":{"bascule.run":7}}""", null)]
    [InlineData("""{"status":"Running","tags":[]}""", null)]
    [InlineData("""{"status":7}""", null)]
    public void ReadsTheMarkWhateverIsThere(string properties, string? mark) => Read(properties).Mark.ShouldBe(mark);

    private static JobReading Read(string properties) =>
        JobReading.Of(new ArmResource("job", JsonNode.Parse(properties)!.AsObject(), null));
}
