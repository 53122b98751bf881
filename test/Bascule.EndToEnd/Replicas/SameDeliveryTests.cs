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
        var captured = await SentAsync(commit);
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

    /// <summary>The push may be over before the forge has begun to tell of it.</summary>
    private async Task<ForgeDelivery> SentAsync(string commit)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(60); ; await Task.Delay(20))
        {
            await _stage.Forge.WaitForHooksAsync();
            if (
                _stage.Forge.Deliveries.LastOrDefault(sent => sent.Body.Contains(commit, StringComparison.Ordinal)) is
                { } delivery
            )
                return delivery;
            DateTime.UtcNow.ShouldBeLessThan(deadline, "the forge never told of the push");
        }
    }

    /// <summary>The same for one replica, past the balancer.</summary>
    private ForgeDelivery At(int replica, ForgeDelivery captured)
    {
        var address = new UriBuilder(captured.Url) { Port = replicas.Replicas[replica].PublicPort };
        return captured with { Url = address.Uri.AbsoluteUri };
    }
}
