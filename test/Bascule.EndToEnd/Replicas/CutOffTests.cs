using Bascule.Core.Runs;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Replicas;

/// <summary>The line between replicas and the forge goes while it is in use, in three ways, and comes back.</summary>
[Collection(ReplicaStage.OneAfterTheOther)]
public sealed class CutOffTests(TwoReplicas replicas) : IClassFixture<TwoReplicas>
{
    private const string Fetch = "/git-upload-pack";
    private const string Status = "/statuses/";
    private const string Comment = "/comments";
    private readonly BasculeStage _stage = replicas.Stage;

    [Theory]
    [Trait("Threat", "T136")]
    [InlineData("one is cut off as it fetches", Fetch, Moment.Before, true, false)]
    [InlineData("one is cut off as its status arrives", Status, Moment.After, true, false)]
    [InlineData("one is cut off as its comment arrives", Comment, Moment.After, true, false)]
    [InlineData("both are cut off as one fetches", Fetch, Moment.After, true, true)]
    [InlineData("both are cut off as a comment arrives", Comment, Moment.After, true, true)]
    [InlineData("nothing passes for either as one fetches", Fetch, Moment.Before, false, true)]
    [InlineData("nothing passes for one as its comment arrives", Comment, Moment.After, false, false)]
    public async Task NothingIsLostOrReportedTwice(string what, string path, Moment moment, bool cut, bool both)
    {
        what.ShouldNotBeEmpty();
        var repository = await replicas.RepositoryAsync();
        var severed = new TaskCompletionSource<IReadOnlyList<StageReplica>>();
        using var watching = _stage.Watch(async passing =>
        {
            if (severed.Task.IsCompleted || !IsIt(passing, path, moment))
                return;
            var whom = both ? replicas.Replicas : [await replicas.BusiestAsync()];
            foreach (var replica in whom)
                Sever(replica, cut);
            severed.TrySetResult(whom);
        });

        var before = await repository.OpenPullRequestAsync("before");
        var off = await severed.Task.WaitAsync(TimeSpan.FromSeconds(90));
        var meanwhile = await repository.OpenPullRequestAsync("meanwhile");
        await _stage.Forge.WaitForHooksAsync();
        foreach (var replica in off)
            replica.Cable.Mend();

        await CheckAsync(repository, before);
        await CheckAsync(repository, meanwhile);
    }

    private static bool IsIt(Passing passing, string path, Moment moment) =>
        passing is { Side: Side.Forge, Method: "POST" }
        && passing.Moment == moment
        && passing.Path.Contains(path, StringComparison.Ordinal);

    private static void Sever(StageReplica replica, bool cut)
    {
        if (cut)
            replica.Cable.Cut();
        else
            replica.Cable.Stall();
    }

    private async Task CheckAsync(StageRepository repository, Simulators.Forges.ForgePullRequest pullRequest)
    {
        (await _stage.WaitForRunAsync(pullRequest.HeadSha)).Run.State.ShouldBe(RunState.Succeeded);
        await repository.WaitForStatusAsync(pullRequest.HeadSha, "success");
        await repository.WaitForCommentAsync(pullRequest, "succeeded");
        (await _stage.RunsOfAsync(pullRequest.HeadSha)).Count.ShouldBe(1);
        repository.CommentsOn(pullRequest).Count.ShouldBe(1);
        var said = _stage
            .Forge.Statuses(repository.Forge, pullRequest.HeadSha)
            .Where(status => status.Context == repository.StatusOf(pullRequest.HeadSha)!.Context)
            .OrderBy(status => status.Id)
            .Select(status => status.State)
            .ToList();
        said.SkipWhile(state => state == "pending").ShouldAllBe(state => state == "success");
    }
}
