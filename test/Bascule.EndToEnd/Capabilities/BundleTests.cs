using Bascule.Core.Runs;
using Bascule.Testing.Platforms;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Capabilities;

/// <summary>A team's own bundle. Forge, platform and provider are simulated, and a strict stand-in takes the place of the Databricks CLI.</summary>
public sealed class BundleTests : IAsyncLifetime
{
    private const string Workflow = """
        workflows:
          churn:
            on:
              push: { branches: [main], environment: live }
            databricks:
              bundle: { target: prod, run: train_job }

        """;

    private const string Live = """
          live: { platform: dbx, repositories: ["git:ml/*"], branches: [main], bundles: [prod], approvals: { required: 1, from: ["group:ml-leads"] } }

        """;

    private Approver _lead = null!;
    private BasculeStage _stage = null!;

    public async Task InitializeAsync()
    {
        _lead = await Approver.StartAsync();
        _stage = await _lead.StartStageAsync(new() { HasDatabricksCli = true, MoreSettings = Live });
    }

    public async Task DisposeAsync()
    {
        await _stage.DisposeAsync();
        await _lead.DisposeAsync();
    }

    [Fact]
    [Trait("Capability", "Databricks bundles")]
    public async Task ItsPlanIsShownThenApprovedThenDeployedByTheMerge()
    {
        var repository = await _stage.CreateConnectedRepositoryAsync("churn", Files("3"));
        using var lead = await _lead.SignInAsync(_stage);
        await repository.Developer.BranchAsync("deeper");
        foreach (var (path, text) in Files("5"))
            repository.Developer.Write(path, text);
        var head = await repository.Developer.CommitAndPushAsync("Go deeper", "deeper");
        var pull = await repository.OpenAsync("deeper");

        await repository.WaitForCommentAsync(pull, "+ jobs.train_job");
        var proposed = await _stage.WaitForRunAsync(head, run => run.Run.State == RunState.AwaitingApproval);
        Deployments.ShouldBeEmpty();
        _stage.DatabricksCli.Calls.ShouldNotContain(call => call.Principal == StageSettings.ServicePrincipal);
        (await lead.ApproveRunAsync(proposed.Run.Id, "fine", proposed.PlanDigest, default)).Problem.ShouldBeNull();
        var merge = await _stage.Forge.MergePullRequestAsync(repository.Forge, pull.Number, BasculeStage.DeveloperName);

        var run = await _stage.WaitForRunAsync(merge);
        run.Run.State.ShouldBe(RunState.Succeeded, run.Run.Reason);
        run.Log.ShouldNotBeNull().ShouldContain("depth 5");
        Deployments.ShouldBe([StageSettings.ServicePrincipal]);
    }

    /// <summary>By whom, of each.</summary>
    private IEnumerable<string> Deployments =>
        _stage
            .DatabricksCli.Calls.Where(call => call.Arguments.StartsWith("bundle deploy", StringComparison.Ordinal))
            .Select(call => call.Principal);

    private static Dictionary<string, string> Files(string depth) =>
        new()
        {
            [".bascule.yaml"] = Workflow,
            ["databricks.yml"] = SimulatedBundleStage.Bundle.Replace(
                "default: \"3\"",
                $"default: \"{depth}\"",
                StringComparison.Ordinal
            ),
            ["resources/train.yml"] = SimulatedBundleStage.Job,
            ["src/train.py"] = "import sys\nprint('run', sys.argv[1], 'depth', sys.argv[2])\n",
        };
}
