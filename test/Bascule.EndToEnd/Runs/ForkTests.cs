using Bascule.Core.Runs;
using Bascule.Simulators.Forges;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Runs;

/// <summary>Code from a fork is looked at; it is given neither a run nor anything to log in with.</summary>
public sealed class ForkTests(QuickStage quick) : IClassFixture<QuickStage>
{
    private readonly BasculeStage _stage = quick.Stage;

    [Fact]
    [Trait("Capability", "Forks planned only")]
    public async Task PlansAPullRequestOfAForkAndAsksForNoToken()
    {
        var repository = await quick.RepositoryAsync();
        var stranger = await ForkAsync(repository, "eve");
        stranger.Write("train.py", "import os; print(os.environ)\n");
        var head = await stranger.CommitAndPushAsync("A kind offer", "offer");
        _stage.Databricks.ExpireAllTokens();
        var (asked, platformRuns) = (_stage.Databricks.Requests.Count, _stage.Databricks.PlatformRuns);

        var pullRequest = await OpenAsync(repository, "eve:offer");
        await repository.WaitForCommentAsync(pullRequest, "fork");
        var run = await _stage.WaitForRunAsync(head, run => run.Run.State == RunState.Planned);

        run.Run.Final.ShouldBeTrue();
        run.Run.Environment.ShouldBeNull();
        run.Plan.ShouldNotBeNull();
        _stage.Databricks.Requests.Count.ShouldBe(asked);
        _stage.Databricks.PlatformRuns.ShouldBe(platformRuns);
    }

    private async Task<Developer> ForkAsync(StageRepository repository, string person)
    {
        _stage.AddPerson(person);
        _stage.Forge.SetCollaborator(repository.Forge, person, ForgeAccess.Read);
        var fork = await _stage.Forge.ForkRepositoryAsync(repository.Forge, person);
        return await _stage.CloneAsync(fork, person);
    }

    private Task<ForgePullRequest> OpenAsync(StageRepository repository, string head) =>
        _stage.Forge.OpenPullRequestAsync(repository.Forge, "eve", head, "main", "A kind offer");
}
