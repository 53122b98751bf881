using Bascule.Core.Api;
using Bascule.Core.Runs;
using Bascule.Simulators.Forges;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Crashes;

/// <summary>A pull request is opened, Bascule dies at a point of its run, and is started again.</summary>
internal sealed class CrashStory(CrashStage crash)
{
    private readonly BasculeStage _stage = crash.Stage;
    private readonly StageRepository _repository = crash.Repository;

    public async Task PlayAsync(KillPoint point)
    {
        var platformRuns = _stage.Databricks.PlatformRuns;
        var assassin = new Assassin(_stage, point);
        _stage.Databricks.ExpireAllTokens(); // so that this run has to ask for one
        var pullRequest = await PushUnseenAsync(crash.NextBranch(), assassin);
        await _stage.WaitUntilAsync($"Bascule to reach {point}", () => assassin.Struck.IsCompleted);

        await AuditReading.CheckAsync(_stage);
        await _stage.StartBinaryAsync();

        var run = await _stage.WaitForRunAsync(pullRequest.HeadSha);
        await _repository.WaitForStatusAsync(pullRequest.HeadSha, "success");
        await _repository.WaitForCommentAsync(pullRequest, "succeeded");
        Check(pullRequest, run);
        (_stage.Databricks.PlatformRuns - platformRuns).ShouldBe(1);
        (await _stage.RunsOfAsync(pullRequest.HeadSha)).Count.ShouldBe(1);
    }

    /// <summary>Bascule hears nothing of the branch itself, so that the pull request's hook makes it fetch.</summary>
    private async Task<ForgePullRequest> PushUnseenAsync(string branch, Assassin assassin)
    {
        _stage.Forge.Faults.DropShare = 1;
        await _repository.PushBranchAsync(branch);
        await _stage.Forge.WaitForHooksAsync();
        _stage.Forge.Faults.DropShare = 0;
        _ = _stage.Watch(assassin.WatchAsync);
        return await _repository.OpenAsync(branch);
    }

    private void Check(ForgePullRequest pullRequest, RunDetail run)
    {
        run.Run.State.ShouldBe(RunState.Succeeded);
        run.Metrics.ShouldHaveSingleItem().Value.ShouldBe(0.75);
        run.Run.Models.ShouldHaveSingleItem();
        var comment = _repository.CommentsOn(pullRequest).ShouldHaveSingleItem();
        comment.Author.ShouldBe(BasculeStage.BotName);
        comment.Body.ShouldContain("0.75");
    }
}
