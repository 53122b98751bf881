using Bascule.Core.Runs;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Runs;

/// <summary>What the server does not grant is refused, and the forge shows by which rule.</summary>
public sealed class RefusalTests(QuickStage quick) : IClassFixture<QuickStage>
{
    private readonly BasculeStage _stage = quick.Stage;

    [Theory]
    [InlineData("environment: ml-prod", "environment: moon", "environments:")]
    [InlineData("environment: ml-prod", "environment: research", "environments.research.repositories:")]
    [InlineData(
        "branches: [main], environment: ml-prod",
        "branches: [main], environment: ml-dev",
        "environments.ml-dev.branches:"
    )]
    public async Task NamesTheRuleThatRefusesAPush(string from, string to, string rule)
    {
        var repository = await quick.RepositoryAsync(Workflow(from, to));
        var platformRuns = _stage.Databricks.PlatformRuns;

        var commit = await repository.PushChangeAsync("please");
        var run = await _stage.WaitForRunAsync(commit);
        await repository.WaitForStatusAsync(commit, "error");

        run.Run.State.ShouldBe(RunState.Refused);
        run.Run.Reason.ShouldNotBeNull().ShouldStartWith(rule);
        repository.StatusOf(commit)!.Description.ShouldContain(rule);
        _stage.Databricks.PlatformRuns.ShouldBe(platformRuns);
    }

    [Theory]
    [InlineData("environment: ml-dev", "environment: moon", "environments:")]
    [InlineData("environment: ml-dev", "environment: research", "environments.research.repositories:")]
    [InlineData("environment: ml-dev", "environment: ml-prod", "environments.ml-prod.pull_requests:")]
    public async Task NamesTheRuleThatRefusesAPullRequest(string from, string to, string rule)
    {
        var repository = await quick.RepositoryAsync(Workflow(from, to));
        var platformRuns = _stage.Databricks.PlatformRuns;

        var pullRequest = await repository.OpenPullRequestAsync("please");
        await repository.WaitForStatusAsync(pullRequest.HeadSha, "error");
        await repository.WaitForCommentAsync(pullRequest, "refused");

        repository.StatusOf(pullRequest.HeadSha)!.Description.ShouldContain(rule);
        repository.CommentsOn(pullRequest)[0].Body.Replace("\\", "", StringComparison.Ordinal).ShouldContain(rule);
        _stage.Databricks.PlatformRuns.ShouldBe(platformRuns);
    }

    [Fact]
    public async Task TellsFileLineAndRemedyOfABrokenWorkflowFile()
    {
        var repository = await quick.RepositoryAsync();
        repository.Developer.Write(
            ".bascule.yaml",
            StageSource.Workflow.Replace("python: train.py", "pithon: train.py", StringComparison.Ordinal)
        );

        var commit = await repository.PushChangeAsync("a typing error");
        var run = await _stage.WaitForRunAsync(commit);
        await repository.WaitForStatusAsync(commit, "error");

        run.Run.State.ShouldBe(RunState.Refused);
        run.Run.Reason.ShouldNotBeNull().ShouldMatch(@"\.bascule\.yaml:7");
        run.Run.Reason!.ShouldContain("pithon");
        repository.StatusOf(commit)!.Description.ShouldMatch(@"\.bascule\.yaml:7");
    }

    [Fact]
    [Trait("Threat", "T52")]
    public async Task JudgesAPullRequestByTheFileOfItsBase()
    {
        var repository = await quick.RepositoryAsync();
        await repository.Developer.BranchAsync("own-rules");
        var mine = StageSource
            .Workflow.Replace("environment: ml-dev", "environment: ml-prod", StringComparison.Ordinal)
            .Replace("\"{{run}}\"", "\"--mine\", \"{{run}}\"", StringComparison.Ordinal);
        repository.Developer.Write(".bascule.yaml", mine);
        var head = await repository.Developer.CommitAndPushAsync("Be judged by my own rules", "own-rules");

        await repository.OpenAsync("own-rules");
        var run = await _stage.WaitForRunAsync(head);

        run.Run.Environment.ShouldBe("ml-dev");
        run.Run.State.ShouldBe(RunState.Succeeded);
        _stage.Databricks.Submitted[^1].Body.ShouldNotContain("--mine");
    }

    private static (string, string) Workflow(string from, string to) =>
        (".bascule.yaml", StageSource.Workflow.Replace(from, to, StringComparison.Ordinal));
}
