using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Runs;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Capabilities;

/// <summary>An environment that asks for an approval, and somebody who is signed in and may give it. Forge, platform and provider are simulated.</summary>
public sealed class ApprovalTests : IAsyncLifetime
{
    private const string Live = """
          ml-live: { platform: dbx, catalog: main, repositories: ["git:ml/*"], branches: [main], approvals: { required: 1, from: ["group:ml-leads"] } }

        """;

    private Approver _lead = null!;
    private BasculeStage _stage = null!;

    public async Task InitializeAsync()
    {
        _lead = await Approver.StartAsync();
        _stage = await _lead.StartStageAsync(new() { MoreSettings = Live });
    }

    public async Task DisposeAsync()
    {
        await _stage.DisposeAsync();
        await _lead.DisposeAsync();
    }

    [Fact]
    [Trait("Capability", "Approvals")]
    public async Task NothingRunsUntilSomebodyApprovesExactlyThatContent()
    {
        var repository = await _stage.CreateConnectedRepositoryAsync("live", Files());
        using var lead = await _lead.SignInAsync(_stage);
        var first = await WaitForAnswerAsync(await repository.PushChangeAsync("the first"));
        first.Run.State.ShouldBe(RunState.AwaitingApproval, first.Run.Reason);

        var other = await lead.ApproveRunAsync(first.Run.Id, "fine", new string('0', 64), default);
        var approved = await lead.ApproveRunAsync(first.Run.Id, "fine", first.PlanDigest, default);

        other.Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Conflict);
        approved.Problem.ShouldBeNull();
        (await _stage.WaitForRunAsync(first.Run.Commit)).Run.State.ShouldBe(RunState.Succeeded);
        var second = await WaitForAnswerAsync(await repository.PushChangeAsync("the second"));
        second.Run.State.ShouldBe(RunState.AwaitingApproval, "what was approved was another content");
        _stage.Databricks.PlatformRuns.ShouldBe(1);
    }

    private Task<RunDetail> WaitForAnswerAsync(string commit) =>
        _stage.WaitForRunAsync(commit, run => run.Run.Final || run.Run.State == RunState.AwaitingApproval);

    private static Dictionary<string, string> Files() =>
        new(StageSource.Files)
        {
            [".bascule.yaml"] = StageSource.Workflow.Replace("ml-prod", "ml-live", StringComparison.Ordinal),
        };
}
