using Bascule.Core.Runs;

namespace Bascule.EndToEnd.Training;

/// <summary>A merge that brings exactly what its pull request has trained. Forge and platforms are simulated.</summary>
public sealed class TrainOnceTests
{
    private const string Once = "promotes: [production], train_once: [open]";

    [Theory]
    [InlineData("databricks")]
    [InlineData("azureml")]
    [Trait("Capability", "Trained once")]
    public async Task TheMergePromotesWhatThePullRequestTrainedAndSaysSo(string platform)
    {
        await using var world = await TrainingWorld.OpenAsync(platform, Once);
        var (head, pull) = await world.ProposeAsync("better");
        var trained = (await world.RunAsync(head, "open")).Run;
        await world.Stage.WaitForStatementAsync(trained.Id);

        var merge = await world.MergeAsync(pull);

        var promoted = await world.Stage.WaitForRunAsync(merge);
        promoted.Run.State.ShouldBe(RunState.Succeeded, promoted.Run.Reason);
        var version = trained.Models.ShouldHaveSingleItem().Version;
        (await world.Platform.ProductionAsync()).ShouldBe(version);
        world.Platform.Runs.ShouldBe(1);
        await world.Repository.WaitForCommentAsync(pull, $"of run {trained.Id} promoted instead of trained again");
    }
}
