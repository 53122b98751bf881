using Bascule.Core.Runs;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Runs;

/// <summary>Only a person's retry makes a second platform run of the same commit.</summary>
public sealed class RetryTests(QuickStage quick) : IClassFixture<QuickStage>
{
    private readonly BasculeStage _stage = quick.Stage;

    [Fact]
    public async Task MakesANewOrdinalAndASecondPlatformRun()
    {
        var repository = await quick.RepositoryAsync();
        var commit = await repository.PushChangeAsync("twice");
        var first = await _stage.WaitForRunAsync(commit);

        var again = await _stage.Client.RetryRunAsync(first.Run.Id, CancellationToken.None);
        var second = await _stage.WaitForRunAsync(commit, run => run.Run is { Final: true, Ordinal: 1 });

        again.Value.Id.ShouldBe(second.Run.Id);
        second.Run.State.ShouldBe(RunState.Succeeded);
        second.Run.Models[0].Version.ShouldNotBe(first.Run.Models[0].Version);
        var launches = _stage.Databricks.Submitted.TakeLast(2).ToList();
        launches.ShouldAllBe(launch => launch.Launched);
        launches[0].IdempotencyToken.ShouldNotBe(launches[1].IdempotencyToken);
    }

    [Fact]
    public async Task RefusesToRetryARunThatNeverHadLeave()
    {
        var workflow = StageSource.Workflow.Replace("ml-prod", "moon", StringComparison.Ordinal);
        var repository = await quick.RepositoryAsync((".bascule.yaml", workflow));
        var refused = await _stage.WaitForRunAsync(await repository.PushChangeAsync("no"));

        var again = await _stage.Client.RetryRunAsync(refused.Run.Id, CancellationToken.None);

        again.Problem!.Code.ShouldBe(Core.ProblemCode.Conflict);
    }
}
