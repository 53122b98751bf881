using Bascule.Connectors.Platforms.AzureML.Service;
using Bascule.Core;

namespace Bascule.Connectors.Tests.Platforms.AzureML;

/// <summary>Which servers of those that a workspace names are called.</summary>
[Trait("Threat", "T143")]
public sealed class AzureMlHostsTests : IAsyncLifetime
{
    private AzureMlStage _stage = null!;

    public async Task InitializeAsync() => _stage = await AzureMlStage.StartAsync();

    public async Task DisposeAsync() => await _stage.DisposeAsync();

    [Theory]
    [InlineData("https://lent.blob.core.windows.net/x", null)]
    [InlineData("https://westeurope.api.azureml.ms/mlflow", null)]
    [InlineData("https://named.example/x", null)]
    [InlineData("http://lent.blob.core.windows.net/x", ProblemCode.Invalid)]
    [InlineData("https://user@lent.blob.core.windows.net/x", ProblemCode.Invalid)]
    [InlineData("https://blob.core.windows.net.evil.example/x", ProblemCode.Denied)]
    [InlineData("https://evilblob.core.windows.net.example/x", ProblemCode.Denied)]
    [InlineData("https://169.254.169.254/metadata", ProblemCode.Denied)]
    public void OnlyKnownHostsAreCalledAndOnlyByHttps(string address, ProblemCode? refusal)
    {
        using var hosts = Open("named.example");

        var client = hosts.ClientOf(new Uri(address), "the log");

        (client.Problem?.Code).ShouldBe(refusal);
    }

    [Fact]
    public void AWorkspaceThatNamesEverMoreServersIsRefused()
    {
        using var hosts = Open();
        for (var i = 0; i < 20; i++)
            hosts.ClientOf(Server(i), "the log").Problem.ShouldBeNull();

        hosts.ClientOf(Server(20), "the log").Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Limited);
        hosts.ClientOf(Server(0), "the log").Problem.ShouldBeNull();
    }

    private static Uri Server(int number) => new($"https://lent{number}.blob.core.windows.net/");

    private AzureMlHosts Open(params string[] named) =>
        new(_stage.Options with { Hosts = named }, TimeProvider.System, detail: null);
}
