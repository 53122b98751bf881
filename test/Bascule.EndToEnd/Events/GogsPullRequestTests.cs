using Bascule.Core.Runs;

namespace Bascule.EndToEnd.Events;

/// <summary>Gogs names no head in its hook and moves <c>refs/pull/N/head</c> only afterwards.</summary>
[Trait("Threat", "T19")]
public sealed class GogsPullRequestTests(GogsStage gogs) : IClassFixture<GogsStage>
{
    [Fact]
    public async Task WaitsForAHeadThatMovesAfterTheHook()
    {
        var repository = await gogs.RepositoryAsync();
        var head = await repository.PushBranchAsync("late");
        await gogs.Stage.SettleAsync();

        var pullRequest = await repository.OpenAsync("late");
        var run = await gogs.Stage.WaitForRunAsync(head);

        run.Run.PullRequest.ShouldBe(pullRequest.Number);
        run.Run.State.ShouldBe(RunState.Succeeded);
        await repository.WaitForCommentAsync(pullRequest, "succeeded");
        repository.CommentsOn(pullRequest).Count.ShouldBe(1);
    }

    [Fact]
    public async Task RunsThePullRequestsNewHeadAfterASecondPush()
    {
        var repository = await gogs.RepositoryAsync();
        var pullRequest = await repository.OpenPullRequestAsync("twice");
        await gogs.Stage.WaitForRunAsync(pullRequest.HeadSha);

        repository.Developer.Write("data.csv", "tenure,churned\n5,1\n");
        var second = await repository.Developer.CommitAndPushAsync("Again", "twice");
        var run = await gogs.Stage.WaitForRunAsync(second);

        run.Run.PullRequest.ShouldBe(pullRequest.Number);
        (await gogs.Stage.RunsOfAsync(pullRequest.HeadSha)).Count.ShouldBe(1);
        await repository.WaitForCommentAsync(pullRequest, second[..8]);
        repository.CommentsOn(pullRequest).Count.ShouldBe(1);
    }

    [Fact]
    public async Task LeavesAPullRequestAloneThatNoHookSpokeOf()
    {
        var repository = await gogs.RepositoryAsync();
        var head = await repository.PushBranchAsync("silent");
        await gogs.Stage.SettleAsync();
        gogs.Stage.Forge.Faults.DropShare = 1;
        var pullRequest = await repository.OpenAsync("silent");
        await gogs.Stage.Forge.WaitForHooksAsync();
        gogs.Stage.Forge.Faults.DropShare = 0;

        await gogs.Stage.WaitForRunAsync(await repository.PushToMainAsync("a later push"));

        (await repository.PullRequestAsync(pullRequest.Number)).ShouldBeNull();
        (await gogs.Stage.RunsOfAsync(head)).ShouldBeEmpty();
        (await ReadDoctorAsync()).ShouldContain(text => text.Contains("no hook told of these pull requests"));
    }

    private async Task<List<string>> ReadDoctorAsync()
    {
        var findings = new List<string>();
        await foreach (var finding in gogs.Stage.Client.ExamineAsync(CancellationToken.None))
            findings.Add(finding.Value.Text);
        return findings;
    }
}
