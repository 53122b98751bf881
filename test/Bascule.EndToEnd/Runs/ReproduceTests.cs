using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Runs;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Runs;

/// <summary>A run done over on a platform that really runs it, by the command.</summary>
public sealed class ReproduceTests(QuickStage quick) : IClassFixture<QuickStage>
{
    private readonly BasculeStage _stage = quick.Stage;

    [Fact]
    [Trait("Capability", "Runs reproduced")]
    public async Task EndsInTheSameWayAndSaysSo()
    {
        var repository = await quick.RepositoryAsync();
        var commit = await repository.PushChangeAsync("once more");
        var first = await _stage.WaitForRunAsync(commit);

        var refused = await AskAsync(first.Run.Id, register: false);
        var asked = (await AskAsync(first.Run.Id, register: true)).Value;
        var again = await _stage.WaitForRunAsync(commit, run => run.Run.Final && run.Run.Id == asked.Id);

        refused.Problem!.Code.ShouldBe(ProblemCode.Conflict);
        again.Run.Reproduces.ShouldBe(first.Run.Id);
        again.PlanDigest.ShouldBe(first.PlanDigest);
        again.Reproduction!.Differences.ShouldBeEmpty();
        again.Reproduction.Outcome.ShouldBe(ReproductionOutcome.Reproduced);
        again.Reproduction.Unpinned.ShouldNotBeEmpty();
        again.Run.Models[0].Version.ShouldNotBe(first.Run.Models[0].Version);
    }

    private Task<Result<RunSummary>> AskAsync(string id, bool register) =>
        _stage.Client.ReproduceRunAsync(id, new ReproductionRequest("an audit", register), CancellationToken.None);
}
