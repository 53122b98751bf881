using Bascule.Core.Runs;
using Bascule.Simulators.Forges;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Replicas;

/// <summary>Of two replicas the busier one dies at once, in the middle of several runs.</summary>
[Trait("Threat", "T133")]
[Collection(ReplicaStage.OneAfterTheOther)]
public sealed class KilledReplicaTests(TwoReplicas replicas) : IClassFixture<TwoReplicas>
{
    private const int Requests = 3;
    private readonly BasculeStage _stage = replicas.Stage;

    [Fact]
    public async Task EveryRunEndsAndIsReportedOnce()
    {
        var repository = await replicas.RepositoryAsync();
        var killed = new TaskCompletionSource<StageReplica>();
        var (platformRuns, strikes) = (_stage.Databricks.PlatformRuns, 0);
        using var watching = _stage.Watch(async passing =>
        {
            if (passing is not { Side: Side.Databricks, Moment: Moment.After } || !IsSubmit(passing))
                return;
            if (Interlocked.Increment(ref strikes) == 2)
                killed.SetResult(await KillTheBusierAsync());
        });

        var opened = new List<ForgePullRequest>();
        for (var number = 0; number < Requests; number++)
            opened.Add(await repository.OpenPullRequestAsync($"branch-{number}"));
        var dead = await killed.Task.WaitAsync(TimeSpan.FromMinutes(4));
        _stage.AskAt(replicas.Replicas.Single(replica => replica != dead).SettingsFile);

        foreach (var pullRequest in opened)
            await CheckAsync(repository, pullRequest);
        (_stage.Databricks.PlatformRuns - platformRuns).ShouldBe(Requests);
    }

    private static bool IsSubmit(Passing passing) => passing.Path.EndsWith("/runs/submit", StringComparison.Ordinal);

    private async Task<StageReplica> KillTheBusierAsync()
    {
        var busier = await replicas.BusiestAsync();
        await busier.KillAsync();
        return busier;
    }

    private async Task CheckAsync(StageRepository repository, ForgePullRequest pullRequest)
    {
        var run = await _stage.WaitForRunAsync(pullRequest.HeadSha);
        await repository.WaitForStatusAsync(pullRequest.HeadSha, "success");
        await repository.WaitForCommentAsync(pullRequest, "succeeded");
        run.Run.State.ShouldBe(RunState.Succeeded);
        (await _stage.RunsOfAsync(pullRequest.HeadSha)).Count.ShouldBe(1);
        repository.CommentsOn(pullRequest).Count.ShouldBe(1);
    }
}
