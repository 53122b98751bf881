using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Crashes;

/// <summary><c>kill -9</c> between the answered hook and the platform's run.</summary>
[Trait("Threat", "T133")]
public sealed class KilledWhileStartingTests(CrashStage crash) : IClassFixture<CrashStage>
{
    private const string Import = "/workspace/import$";
    private const string Submit = "/runs/submit$";

    [Theory]
    [InlineData("git asks for refs", Side.Forge, "GET", "/info/refs$", Moment.Before, 0)]
    [InlineData("git asks for objects", Side.Forge, "POST", "/git-upload-pack$", Moment.Before, 0)]
    [InlineData("objects are on their way", Side.Forge, "POST", "/git-upload-pack$", Moment.After, 1)]
    [InlineData("a token is asked for", Side.Databricks, "POST", "/oidc/v1/token$", Moment.Before, 0)]
    [InlineData("a token was given", Side.Databricks, "POST", "/oidc/v1/token$", Moment.After, 0)]
    [InlineData("a folder is made", Side.Databricks, "POST", "/workspace/mkdirs$", Moment.Before, 0)]
    [InlineData("the first file is sent", Side.Databricks, "POST", Import, Moment.Before, 0)]
    [InlineData("a file has arrived", Side.Databricks, "POST", Import, Moment.After, 1)]
    [InlineData("the marker is sent", Side.Databricks, "POST", Import, Moment.Before, 4)]
    [InlineData("the marker has arrived", Side.Databricks, "POST", Import, Moment.After, 4)]
    [InlineData("the run is submitted", Side.Databricks, "POST", Submit, Moment.Before, 0)]
    [InlineData("the platform took the run", Side.Databricks, "POST", Submit, Moment.After, 0)]
    public async Task GoesOnWithOnePlatformRunWhenKilledAs(
        string step,
        Side side,
        string method,
        string path,
        Moment moment,
        int skip
    )
    {
        step.ShouldNotBeEmpty();

        await new CrashStory(crash).PlayAsync(new KillPoint(side, method, path, moment) { Skip = skip });
    }

    [Fact]
    [Trait("Threat", "T12")]
    public async Task LosesNoDeliveryThatWasAnswered()
    {
        var assassin = new Assassin(crash.Stage, new KillPoint(Side.Forge, "GET", "/info/refs$", Moment.Before));
        await crash.Repository.Developer.BranchAsync("main");
        crash.Repository.Developer.Write("data.csv", "tenure,churned\n7,1\n");
        var commit = await crash.Repository.Developer.CommitAsync("Change the data");

        await PushUnderAsync(assassin);
        crash.Stage.Forge.Deliveries[^1].Status.ShouldBe(202);
        await crash.Stage.StartBinaryAsync();

        (await crash.Stage.WaitForRunAsync(commit)).Run.State.ShouldBe(Core.Runs.RunState.Succeeded);
        crash.Stage.Forge.Deliveries.Count(sent => sent.Body.Contains(commit, StringComparison.Ordinal)).ShouldBe(1);
    }

    /// <summary>The developer's git asks for refs too, so the assassin is told to look at what comes after its push.</summary>
    private async Task PushUnderAsync(Assassin assassin)
    {
        var answered = 0;
        using var watching = crash.Stage.Watch(async passing =>
        {
            if (
                passing is { Side: Side.Forge, Method: "POST", Moment: Moment.Before }
                && passing.Path.EndsWith("/git-receive-pack", StringComparison.Ordinal)
            )
                answered++;
            else if (answered > 0)
                await assassin.WatchAsync(passing);
        });
        await crash.Repository.Developer.PushAsync();
        await crash.Stage.WaitUntilAsync("Bascule to look at the ref", () => assassin.Struck.IsCompleted);
    }
}
