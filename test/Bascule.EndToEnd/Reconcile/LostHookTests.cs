using Bascule.Core.Forges;
using Bascule.Core.Reconcile;
using Bascule.EndToEnd.Events;
using Bascule.Simulators.Forges;
using Bascule.Testing.Stage;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.EndToEnd.Reconcile;

/// <summary>Hooks that never come: every ref move is found all the same.</summary>
public sealed class LostHookTests
{
    private const int WhileSomeAreLost = 10;
    private const int WhileAllAreLost = 5;

    [Theory]
    [InlineData(ForgeFlavour.Gitea)]
    [InlineData(ForgeFlavour.Gogs)]
    [Trait("Threat", "T11")]
    [Trait("Capability", "Lost deliveries found")]
    public async Task EveryMoveIsFoundOnceWhenThreeOfTenHooksAndThenAllOfThemAreLost(ForgeFlavour flavour)
    {
        await using var stage = await SetAsync(flavour);
        var repository = await stage.CreateConnectedRepositoryAsync("churn");

        stage.Forge.Faults.DropShare = 0.3;
        var pushed = await PushAsync(repository, "some", WhileSomeAreLost);
        await stage.Forge.WaitForHooksAsync();
        stage.Forge.Faults.DropShare = 1;
        pushed.AddRange(await PushAsync(repository, "all", WhileAllAreLost));
        await repository.Developer.GitAsync("push", "-q", "origin", ":some-0", "+all-0:some-1", "all-1:refs/tags/v1");
        await stage.Forge.WaitForHooksAsync();

        await WaitAsync(repository, "some-0", RefMove.Deleted);
        await WaitAsync(repository, "some-1", RefMove.Rewritten);
        await WaitAsync(repository, "v1", RefMove.Created);
        foreach (var (branch, commit) in pushed)
            (await WaitAsync(repository, branch, RefMove.Created)).After.ShouldBe(CommitId.Parse(commit));
        stage.Forge.Deliveries.ShouldContain(delivery => delivery.WasDropped);
        var gap = (await stage.Services.GetRequiredService<IGapReport>().ReadAsync(default, default)).Single();
        gap.ByReconciler.Count.ShouldBeGreaterThanOrEqualTo(WhileAllAreLost + 3);
        (gap.ByHook.Count + gap.ByReconciler.Count).ShouldBe(WhileSomeAreLost + WhileAllAreLost + 3);
    }

    private static async Task<BasculeStage> SetAsync(ForgeFlavour flavour)
    {
        var options = new StageOptions
        {
            Flavour = flavour,
            ForgeSettings = "    reconcile: { every_seconds: 1, requests_per_second: 100 }",
        };
        var stage = await BasculeStage.SetAsync(options);
        await stage.StartInProcessAsync();
        return stage;
    }

    /// <summary>Each to a branch of its own: then each push is one move, whenever it is seen.</summary>
    private static async Task<List<(string Branch, string Commit)>> PushAsync(
        StageRepository repository,
        string name,
        int count
    )
    {
        var pushed = new List<(string, string)>();
        for (var push = 0; push < count; push++)
            pushed.Add(($"{name}-{push}", await repository.PushBranchAsync($"{name}-{push}")));
        return pushed;
    }

    private static Task<RefUpdate> WaitAsync(StageRepository repository, string branch, RefMove move) =>
        repository.Stage.WaitForAsync(
            $"{branch} {move}",
            async () => (await repository.UpdatesAsync(branch)).SingleOrDefault(update => update.Move == move)
        );
}
