using Bascule.Simulators.Forges;

namespace Bascule.Server.Tests.Deployments.Copying;

/// <summary>A branch of the forge that follows the deploy ref: by real git, against the whole server. Forge, Airflow and issuer are simulated.</summary>
[Trait("Threat", "T138")]
public sealed class CopyTests
{
    private const string Branch = "refs/heads/deploy/dags-prod";

    /// <summary>Would run whatever branch is pushed.</summary>
    private static readonly AirflowStageOptions Copied = new()
    {
        MoreOfEnvironment = ", copy_deploy_ref: true",
        Workflow = """
            workflows:
              dags:
                on: { push: { branches: ["**"], environment: dags-prod } }
                airflow: { run: churn }

            """,
    };

    [Theory]
    [InlineData(ForgeFlavour.Gitea)]
    [InlineData(ForgeFlavour.Gogs)]
    public async Task TheBranchFollowsEachMoveAndTheWayBackAndRunsNothing(ForgeFlavour flavour)
    {
        await using var airflow = await AirflowServerStage.StartAsync(Copied with { Flavour = flavour });

        var good = await airflow.DeployAsync("# 1\n");
        await WaitForBranchAsync(airflow, good);
        var bad = await airflow.DeployAsync("# 2\n");
        await WaitForBranchAsync(airflow, bad);
        await airflow.RollBackAsync();
        await WaitForBranchAsync(airflow, good);

        await airflow.Stage.SettleAsync();
        foreach (var commit in new[] { good, bad })
        {
            var run = (await airflow.Stage.RunsOfAsync(commit)).ShouldHaveSingleItem();
            run.Ref.ShouldBe("refs/heads/main");
            (await airflow.Stage.WaitForRunAsync(commit)).Timeline.ShouldContain(entry =>
                entry.Step == "copy"
                && entry.Text.Contains("deploy/dags-prod at the forge is at", StringComparison.Ordinal)
            );
        }
    }

    [Fact]
    public async Task WithoutTheSettingTheForgeHasNoSuchBranch()
    {
        await using var airflow = await AirflowServerStage.StartAsync();

        await airflow.DeployAsync("# 1\n");

        await airflow.Stage.SettleAsync();
        (await TipAsync(airflow)).ShouldBeEmpty();
    }

    [Fact]
    public async Task WhatSomebodyElsePushesThereRunsNothingAndDoesNotStay()
    {
        await using var airflow = await AirflowServerStage.StartAsync(Copied);
        var first = await airflow.DeployAsync("# 1\n");
        await WaitForBranchAsync(airflow, first);
        airflow.Dags.Developer.Write(airflow.DagFile, AirflowServerStage.Dag("# theirs\n"));
        var theirs = await airflow.Dags.Developer.CommitAsync("Put something else there");
        await airflow.Dags.Developer.GitAsync("push", "--quiet", "--force", "origin", $"HEAD:{Branch}");
        await airflow.Dags.Developer.GitAsync("reset", "--hard", "--quiet", first);
        await airflow.Stage.SettleAsync();
        (await airflow.Stage.RunsOfAsync(theirs)).ShouldBeEmpty();

        var second = await airflow.DeployAsync("# 2\n");

        await WaitForBranchAsync(airflow, second);
        var told = await airflow.Stage.WaitForRunAsync(second, run => run.Timeline.Any(entry => entry.Step == "copy"));
        told.Timeline.Single(entry => entry.Step == "copy").Text.ShouldContain($"it was at {theirs[..8]}");
    }

    [Fact]
    public async Task AForgeThatIsDownHoldsUpNoMoveAndHasTheNewestOneLater()
    {
        await using var airflow = await AirflowServerStage.StartAsync(Copied);
        var good = await airflow.DeployAsync("# 1\n");
        await WaitForBranchAsync(airflow, good);
        await airflow.DeployAsync("# 2\n");
        airflow.Stage.Forge.Faults.GoOffline();

        var back = await airflow.RollBackAsync();

        back.Commit.ShouldBe(good);
        airflow.Stage.Forge.Faults.ComeBack();
        await WaitForBranchAsync(airflow, good);
    }

    [Fact]
    public async Task AnAnswerThatWasLostIsNoFailure()
    {
        await using var airflow = await AirflowServerStage.StartAsync(Copied);
        var good = await airflow.DeployAsync("# 1\n");
        await WaitForBranchAsync(airflow, await airflow.DeployAsync("# 2\n"));
        airflow.Stage.Forge.Faults.LoseAnswerOfNext("POST", "/git-receive-pack$");
        airflow.Stage.Forge.Faults.LoseAnswerOfNext("POST", "/git-receive-pack$");

        await airflow.RollBackAsync();

        await WaitForBranchAsync(airflow, good);
    }

    private static Task<string> WaitForBranchAsync(AirflowServerStage airflow, string commit) =>
        airflow.Stage.WaitForAsync(
            $"{Branch} of the forge at {commit}",
            async () => await TipAsync(airflow) == commit ? commit : null
        );

    /// <summary>Empty when there is no such branch.</summary>
    private static async Task<string> TipAsync(AirflowServerStage airflow) =>
        (await airflow.Dags.Developer.GitAsync("ls-remote", "origin", Branch)).Split('\t')[0];
}
