using Bascule.EndToEnd.Intake;
using Bascule.Simulators.Forges;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Replicas;

/// <summary>The same delivery, many times at the same moment, at all replicas.</summary>
[Collection(ReplicaStage.OneAfterTheOther)]
public sealed class SameDeliveryTests(ThreeReplicas replicas) : IClassFixture<ThreeReplicas>
{
    private readonly BasculeStage _stage = replicas.Stage;

    [Fact]
    [Trait("Threat", "T10")]
    public async Task FiftyAtOnceOverThreeReplicasAreOneAction()
    {
        var repository = await replicas.RepositoryAsync();
        _stage.Forge.Faults.DropNextHooks();
        var commit = await repository.PushChangeAsync("once");
        await _stage.Forge.WaitForHooksAsync();
        var captured = _stage.Forge.Deliveries.Last(sent => sent.Body.Contains(commit, StringComparison.Ordinal));
        var platformRuns = _stage.Databricks.PlatformRuns;
        using var post = new HookPost(_stage);

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(number => post.ReplayAsync(At(number % 3, captured)))
        );

        answers.ShouldAllBe(answer => answer.IsSuccessStatusCode);
        (await _stage.WaitForRunAsync(commit)).Run.Final.ShouldBeTrue();
        await repository.WaitForStatusAsync(commit, "success");
        (await replicas.CountAsync($"SELECT count(*) FROM delivery WHERE delivery_id = '{captured.Uuid}'")).ShouldBe(1);
        (await _stage.RunsOfAsync(commit)).Count.ShouldBe(1);
        (_stage.Databricks.PlatformRuns - platformRuns).ShouldBe(1);
    }

    /// <summary>The same for one replica, past the balancer.</summary>
    private ForgeDelivery At(int replica, ForgeDelivery captured)
    {
        var address = new UriBuilder(captured.Url) { Port = replicas.Replicas[replica].PublicPort };
        return captured with { Url = address.Uri.AbsoluteUri };
    }
}
