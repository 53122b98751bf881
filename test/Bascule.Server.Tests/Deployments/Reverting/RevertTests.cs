using Bascule.Core.Runs;
using Bascule.Simulators.Forges;
using Bascule.Testing.Stage;

namespace Bascule.Server.Tests.Deployments.Reverting;

/// <summary>After a rollback the repository is told the same: by real git, against the whole server. Forge, Airflow and issuer are simulated.</summary>
[Trait("Threat", "T138")]
public sealed class RevertTests
{
    /// <summary>Would run whatever branch or pull request it is asked for.</summary>
    private static readonly AirflowStageOptions Eager = new()
    {
        Folder = "dags",
        Workflow = """
            workflows:
              dags:
                on:
                  push: { branches: ["**"], paths: ["dags/**"], environment: dags-prod }
                  pull_request: { branches: [main], environment: dags-prod }
                airflow: { run: churn }

            """,
    };

    [Fact]
    public async Task ThePullRequestRestoresWhatWasDeployedOnTopOfWhatTheBranchIsNow()
    {
        await using var airflow = await AirflowServerStage.StartAsync(Eager);
        var (good, bad) = await DeployTwiceAsync(airflow);
        var developer = airflow.Dags.Developer;
        developer.Write("README.md", "Written meanwhile.\n");
        var tip = await developer.CommitAndPushAsync("Explain");

        await airflow.RollBackAsync();

        var pull = await WaitForPullAsync(airflow);
        (pull.HeadBranch, pull.BaseBranch, pull.Poster).ShouldBe(
            ($"bascule/revert-{bad[..8]}", "main", BasculeStage.BotName)
        );
        pull.Body.ShouldContain("the forecast is empty");
        await developer.GitAsync("fetch", "--quiet", "origin");
        (await developer.GitAsync("rev-parse", $"{pull.HeadSha}^")).ShouldBe(tip);
        (await developer.GitAsync("diff", "--name-only", tip, pull.HeadSha)).ShouldBe("dags/churn.py");
        (await developer.GitAsync("diff", good, pull.HeadSha, "--", "dags")).ShouldBeEmpty();
        (await developer.GitAsync("log", "-1", "--format=%an", pull.HeadSha)).ShouldBe("Bascule");
        var left = await airflow.Stage.WaitForRunAsync(bad, run => run.Timeline.Any(entry => entry.Step == "rollback"));
        left.Timeline.Single(entry => entry.Step == "rollback")
            .Text.ShouldContain($"pull request {pull.Number} takes it back");
    }

    [Fact]
    public async Task NothingRunsForItUntilItsMergeDeploysTheGoodContentAgain()
    {
        await using var airflow = await AirflowServerStage.StartAsync(Eager);
        await DeployTwiceAsync(airflow);
        await airflow.RollBackAsync();
        var pull = await WaitForPullAsync(airflow);

        var planned = await airflow.Stage.WaitForRunAsync(pull.HeadSha);
        await airflow.Stage.SettleAsync();
        var merge = await airflow.Stage.Forge.MergePullRequestAsync(
            airflow.Dags.Forge,
            pull.Number,
            BasculeStage.DeveloperName
        );
        var merged = await airflow.SeeAsync(merge);

        (planned.Run.State, planned.Run.Environment).ShouldBe((RunState.Planned, null));
        (await airflow.Stage.RunsOfAsync(pull.HeadSha)).ShouldHaveSingleItem().PullRequest.ShouldBe(pull.Number);
        merged.Run.State.ShouldBe(RunState.Succeeded, merged.Run.Reason);
    }

    [Fact]
    public async Task AnAnswerThatWasLostMakesNoSecondBranchAndNoSecondPullRequest()
    {
        await using var airflow = await AirflowServerStage.StartAsync(Eager);
        var (_, bad) = await DeployTwiceAsync(airflow);
        airflow.Stage.Forge.Faults.LoseAnswerOfNext("POST", "/git-receive-pack$");
        airflow.Stage.Forge.Faults.LoseAnswerOfNext("POST", "/pulls$");

        await airflow.RollBackAsync();

        var pull = await WaitForPullAsync(airflow);
        await airflow.Stage.WaitForRunAsync(bad, run => run.Timeline.Any(entry => entry.Step == "rollback"));
        airflow.Stage.Forge.PullRequests(airflow.Dags.Forge).ShouldHaveSingleItem().Number.ShouldBe(pull.Number);
        (await BranchesAsync(airflow)).ShouldHaveSingleItem().ShouldContain(pull.HeadSha);
    }

    [Fact]
    public async Task AForgeThatIsDownHoldsUpNoRollbackAndGetsThePullRequestLater()
    {
        await using var airflow = await AirflowServerStage.StartAsync(Eager);
        var (good, _) = await DeployTwiceAsync(airflow);
        airflow.Stage.Forge.Faults.GoOffline();

        var back = await airflow.RollBackAsync();

        back.Commit.ShouldBe(good);
        airflow.Stage.Forge.PullRequests(airflow.Dags.Forge).ShouldBeEmpty();
        airflow.Stage.Forge.Faults.ComeBack();
        await WaitForPullAsync(airflow);
    }

    [Fact]
    public async Task OnGogsAnIssueHasTheLinkByWhichAPersonOpensIt()
    {
        await using var airflow = await AirflowServerStage.StartAsync(Eager with { Flavour = ForgeFlavour.Gogs });
        var (_, bad) = await DeployTwiceAsync(airflow);

        await airflow.RollBackAsync();

        var issue = await airflow.Stage.WaitForAsync(
            "the issue",
            () =>
                Task.FromResult(
                    airflow
                        .Stage.Forge.Issues(airflow.Dags.Forge)
                        .FirstOrDefault(issue => issue.Title.Contains(bad[..8], StringComparison.Ordinal))
                )
        );
        issue.Body.ShouldContain($"/ml/dags/compare/main...bascule/revert-{bad[..8]}");
        (await BranchesAsync(airflow)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task ABranchOfThatNameThatSomebodyElseWroteIsNeverProposed()
    {
        await using var airflow = await AirflowServerStage.StartAsync(Eager);
        var (_, bad) = await DeployTwiceAsync(airflow);
        var developer = airflow.Dags.Developer;
        developer.Write(airflow.DagFile, AirflowServerStage.Dag("# evil\n"));
        var evil = await developer.CommitAndPushAsync("Take back", $"bascule/revert-{bad[..8]}");

        await airflow.RollBackAsync();

        var pull = await WaitForPullAsync(airflow);
        pull.HeadBranch.ShouldBe($"bascule/revert-{bad[..8]}-dags-prod");
        (await BranchesAsync(airflow)).ShouldContain(line => line.StartsWith(evil, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ABranchThatBringsMoreThanTheWayBackIsNeverProposed()
    {
        await using var airflow = await AirflowServerStage.StartAsync(Eager);
        var (good, bad) = await DeployTwiceAsync(airflow);
        var developer = airflow.Dags.Developer;
        developer.Write("README.md", "Nobody has looked at this.\n");
        await developer.CommitAndPushAsync("Explain", "unseen");
        await developer.GitAsync("checkout", "--quiet", good, "--", "dags");
        await developer.CommitAndPushAsync("Take back", $"bascule/revert-{bad[..8]}");

        await airflow.RollBackAsync();

        (await WaitForPullAsync(airflow)).HeadBranch.ShouldBe($"bascule/revert-{bad[..8]}-dags-prod");
    }

    [Fact]
    [Trait("Threat", "T40")]
    public async Task NothingIsPushedToAnotherRepositoryThatHasTheNameNow()
    {
        await using var airflow = await AirflowServerStage.StartAsync(Eager);
        await DeployTwiceAsync(airflow);
        var forge = airflow.Stage.Forge;
        forge.DeleteRepository(airflow.Dags.Forge);
        var other = await forge.CreateRepositoryAsync("ml", "dags");
        forge.SetCollaborator(other, BasculeStage.BotName, ForgeAccess.Admin);
        var (asked, pushed) = (Asked(forge), forge.Requests.Count(IsPush));

        await airflow.RollBackAsync();

        await airflow.Stage.WaitUntilAsync("the repository to be looked at twice", () => Asked(forge) >= asked + 2);
        forge.Requests.Count(IsPush).ShouldBe(pushed);
        forge.PullRequests(other).ShouldBeEmpty();
    }

    private static async Task<(string Good, string Bad)> DeployTwiceAsync(AirflowServerStage airflow) =>
        (await airflow.DeployAsync("# good\n"), await airflow.DeployAsync("# bad\n"));

    private static Task<ForgePullRequest> WaitForPullAsync(AirflowServerStage airflow) =>
        airflow.Stage.WaitForAsync(
            "the pull request",
            () =>
                Task.FromResult(airflow.Stage.Forge.PullRequests(airflow.Dags.Forge) is [var first, ..] ? first : null)
        );

    private static async Task<string[]> BranchesAsync(AirflowServerStage airflow)
    {
        var listed = await airflow.Dags.Developer.GitAsync("ls-remote", "origin", "refs/heads/bascule/*");
        return listed.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static bool IsPush(ForgeRequest request) =>
        request.Path.EndsWith("/git-receive-pack", StringComparison.Ordinal);

    private static int Asked(ForgeSimulator forge) =>
        forge.Requests.Count(request => request is { Method: "GET", Path: "/api/v1/repos/ml/dags" });
}
