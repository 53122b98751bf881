using Bascule.Core.Runs;
using Bascule.EndToEnd.Runs;
using Bascule.Simulators.Forges;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Capabilities;

/// <summary>What the README promises of runs, each promise once: a real forge's requests, real git and a platform that runs the script.</summary>
public sealed class RunTests(QuickStage quick) : IClassFixture<QuickStage>
{
    private const string Auc = "\"value\": 0.75";
    private readonly BasculeStage _stage = quick.Stage;

    [Fact]
    [Trait("Capability", "Runs from pushes")]
    public async Task APushBecomesARunThatSignsInWithATokenOfItsOwn()
    {
        var repository = await quick.RepositoryAsync();
        _stage.Databricks.ExpireAllTokens();
        var (asked, platformRuns) = (_stage.Databricks.Requests.Count, _stage.Databricks.PlatformRuns);

        var commit = await repository.PushChangeAsync("a push");
        var run = (await _stage.WaitForRunAsync(commit)).Run;
        await repository.WaitForStatusAsync(commit, "success");

        (run.State, run.Environment).ShouldBe((RunState.Succeeded, "ml-prod"), run.Reason);
        (_stage.Databricks.PlatformRuns - platformRuns).ShouldBe(1);
        _stage
            .Databricks.Requests.Skip(asked)
            .ShouldContain(request =>
                request.Path == "/oidc/v1/token"
                && request.Body.Contains("token-exchange", StringComparison.Ordinal)
                && request.Body.Contains("subject_token=", StringComparison.Ordinal)
            );
    }

    [Fact]
    [Trait("Capability", "Pull requests compared")]
    public async Task AHeadIsTrainedApartAndItsMetricsAreSetBesideThoseOfTheBase()
    {
        var repository = await quick.RepositoryAsync();
        await _stage.WaitForRunAsync(await repository.PushChangeAsync("the base"));

        var (pullRequest, head) = await ProposeAsync(repository, "0.9");
        await repository.WaitForCommentAsync(pullRequest, "in `ml-dev`: ✅ succeeded");

        repository
            .CommentsOn(pullRequest)
            .ShouldHaveSingleItem()
            .Body.ShouldContain("| `auc` | 0.9 | 0.75 | **better** (+0.15) |");
        var run = (await _stage.WaitForRunAsync(head)).Run;
        (run.Environment, run.Models[0].Name).ShouldBe(("ml-dev", "dev.churn.classifier"));
    }

    [Fact]
    [Trait("Capability", "Required metrics")]
    public async Task AWorseMetricThatIsRequiredMakesTheStatusAFailure()
    {
        var asks = StageSource.Workflow.Replace(
            "{ auc: higher }",
            "{ auc: higher }, require: [auc]",
            StringComparison.Ordinal
        );
        var repository = await quick.RepositoryAsync((".bascule.yaml", asks));
        var good = await repository.PushChangeAsync("the base");
        await repository.WaitForStatusAsync(good, "success");

        var (_, head) = await ProposeAsync(repository, "0.5");
        await _stage.WaitUntilAsync(
            "the last word on the head",
            () => repository.StatusOf(head) is { State: "success" or "failure" or "error" }
        );

        var status = repository.StatusOf(head)!;
        status.State.ShouldBe("failure");
        status.Description.ShouldContain("auc is 0.5, worse than 0.75");
        (await _stage.WaitForRunAsync(head)).Run.State.ShouldBe(RunState.Succeeded);
    }

    [Fact]
    [Trait("Capability", "One after the other")]
    public async Task ASecondRunOfATargetWaitsForTheFirstOneAndSaysSo()
    {
        var repository = await quick.RepositoryAsync();
        var platformRuns = _stage.Databricks.PlatformRuns;
        using var ends = new Gate(_stage, "/runs/get");
        var first = await repository.PushChangeAsync("the first");
        var holder = (await _stage.WaitForRunAsync(first, run => run.Run.State == RunState.Started)).Run;

        var second = await repository.PushChangeAsync("the second");
        var waiting = await _stage.WaitForRunAsync(
            second,
            run => run.Run is { State: not RunState.Queued } or { Reason: not null }
        );

        waiting.Run.State.ShouldBe(RunState.Queued);
        waiting.Run.Reason.ShouldBe(
            $"waits for run {holder.Id} of main, which holds model:main.churn.classifier in ml-prod"
        );
        (_stage.Databricks.PlatformRuns - platformRuns).ShouldBe(1);
        ends.Open();
        (await _stage.WaitForRunAsync(first)).Run.State.ShouldBe(RunState.Succeeded);
        (await _stage.WaitForRunAsync(second)).Run.State.ShouldBe(RunState.Succeeded);
    }

    /// <summary>A pull request whose script logs another value.</summary>
    private static async Task<(ForgePullRequest PullRequest, string Head)> ProposeAsync(
        StageRepository repository,
        string auc
    )
    {
        StageSource.Script.ShouldContain(Auc);
        await repository.Developer.BranchAsync("proposal");
        repository.Developer.Write(
            "train.py",
            StageSource.Script.Replace(Auc, $"\"value\": {auc}", StringComparison.Ordinal)
        );
        var head = await repository.Developer.CommitAndPushAsync("Train in another way", "proposal");
        return (await repository.OpenAsync("proposal"), head);
    }
}
