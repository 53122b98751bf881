namespace Bascule.Connectors.Tests.Platforms.ApiManagement.Applying;

/// <summary>What somebody writes between Bascule's look at a resource and its own write of it, on the simulator.</summary>
[Trait("Threat", "T137")]
public sealed class MeanwhileTests
{
    private const string Region = """{"properties":{"displayName":"region","value":"by-hand"}}""";

    private const string Fragment =
        """{"properties":{"format":"rawxml","value":"<fragment><set-method>GET</set-method><base /></fragment>"}}""";

    private const string Api =
        """{"properties":{"displayName":"by-hand","path":"pets","protocols":["https"],"serviceUrl":"https://pets.example.com"}}""";

    [Theory]
    [InlineData("PUT", "namedValues/region", Region)]
    [InlineData("DELETE", "policyFragments/gone", Fragment)]
    [InlineData("PUT", "apis/petstore", Api)]
    public async Task IsNotOverwrittenByADeployment(string method, string path, string byHand)
    {
        await using var stage = await ApimStage.StartAsync();
        var publication = await PrepareAsync(stage);
        var written = WriteBefore(stage, method, path, byHand);

        var ended = await publication.RunAsync();

        written().ShouldBeTrue();
        ended.Undoing.ShouldNotBeNull().ShouldStartWith($"somebody else has changed {path} since the plan was made");
    }

    [Theory]
    [InlineData("PUT", "namedValues/region", Region)]
    [InlineData("DELETE", "policyFragments/common", Fragment)]
    [InlineData("PUT", "apis/petstore", Api)]
    public async Task IsNotOverwrittenWhenADeploymentIsTakenBack(string method, string path, string byHand)
    {
        await using var stage = await ApimStage.StartAsync();
        var publication = await PrepareAsync(stage);
        await publication.RunAsync();
        publication.Undo("somebody went back");
        var written = WriteBefore(stage, method, path, byHand);

        var ended = await publication.RunAsync();

        written().ShouldBeTrue();
        ended.Left.ShouldContain($"somebody else has changed {path} since; it is left as it is");
    }

    private static async Task<Publication> PrepareAsync(ApimStage stage)
    {
        Shop.Furnish(stage.Simulator.Portal);
        var publication = new Publication(stage);
        await publication.PrepareAsync(Shop.Wanted(), Shop.Deployed);
        return publication;
    }

    /// <summary>Writes when the first such request has come and is not answered yet: the look before it has seen nothing. Tells whether it came.</summary>
    private static Func<bool> WriteBefore(ApimStage stage, string method, string path, string byHand)
    {
        var came = 0;
        stage.Simulator.OnRequest = (asked, at) =>
        {
            if (asked == method && at == path && Interlocked.Exchange(ref came, 1) == 0)
                stage.Simulator.Portal.Put(path, byHand);
            return Task.CompletedTask;
        };
        return () => Volatile.Read(ref came) == 1;
    }
}
