using Bascule.Core.Deliveries;
using Bascule.Core.Forges;
using Bascule.EndToEnd.Intake;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Events;

/// <summary>What deliveries claim does not count; where the ref points does.</summary>
public sealed class ReplayTests(QuickStage quick) : IClassFixture<QuickStage>
{
    private readonly BasculeStage _stage = quick.Stage;

    [Fact]
    [Trait("Threat", "T07")]
    public async Task SeesFourUpdatesWhenABranchGoesBackAndForth()
    {
        var repository = await quick.RepositoryAsync();
        var a = await PushAsync(repository, "flip", await repository.Developer.CommitAsync("A"));
        var b = await PushAsync(repository, "flip", await repository.Developer.CommitAsync("B"));

        await PushAsync(repository, "flip", a);
        await PushAsync(repository, "flip", b);

        var updates = await repository.UpdatesAsync("flip");
        updates.Select(update => update.Generation).ShouldBe([1L, 2, 3, 4]);
        updates.Select(update => update.After!.ToString()).ShouldBe([a, b, a, b]);
        updates
            .Select(update => update.Move)
            .ShouldBe([RefMove.Created, RefMove.Forward, RefMove.Rewritten, RefMove.Forward]);
    }

    [Fact]
    [Trait("Threat", "T07")]
    public async Task DoesNothingWithAHookThatIsReplayedUnderAFreshId()
    {
        var repository = await quick.RepositoryAsync();
        var commit = await repository.PushChangeAsync("once");
        await _stage.WaitForRunAsync(commit);
        var platformRuns = _stage.Databricks.PlatformRuns;
        using var post = new HookPost(_stage);

        using var answer = await post.ReplayAsync(Captured(commit), Guid.NewGuid().ToString());
        await _stage.SettleAsync();

        (await answer.Content.ReadAsStringAsync()).ShouldContain("replayed");
        (await repository.UpdatesAsync("main")).Count(update => update.After!.ToString() == commit).ShouldBe(1);
        (await _stage.RunsOfAsync(commit)).Count.ShouldBe(1);
        _stage.Databricks.PlatformRuns.ShouldBe(platformRuns);
    }

    [Fact]
    [Trait("Threat", "T08")]
    public async Task RunsNoOldCommitWhoseHookComesLate()
    {
        var repository = await quick.RepositoryAsync();
        _stage.Forge.Faults.DropNextHooks();
        var old = await repository.PushChangeAsync("old");
        await _stage.Forge.WaitForHooksAsync();
        var tip = await repository.PushChangeAsync("new");
        await _stage.WaitForRunAsync(tip);
        using var post = new HookPost(_stage);

        using var answer = await post.ReplayAsync(Captured(old));
        await _stage.SettleAsync();

        (await repository.DeliveriesAsync())[0].Outcome.ShouldNotBeNull().ShouldContain("stale");
        (await _stage.RunsOfAsync(old)).ShouldBeEmpty();
        (await repository.UpdatesAsync("main"))[^1].After!.ToString().ShouldBe(tip);
    }

    [Fact]
    [Trait("Threat", "T09")]
    public async Task SwallowsNoOtherBodyUnderAKnownDeliveryId()
    {
        var repository = await quick.RepositoryAsync();
        var first = await repository.PushChangeAsync("first");
        await _stage.WaitForRunAsync(first);
        _stage.Forge.Faults.DropNextHooks();
        var second = await repository.PushChangeAsync("second");
        await _stage.Forge.WaitForHooksAsync();
        using var post = new HookPost(_stage);

        var secret = _stage.Forge.Hooks(repository.Forge)[0].Secret;
        using var answer = await post.SignAsync(Captured(first), Captured(second).Body, secret);

        (await answer.Content.ReadAsStringAsync()).ShouldContain("contradicting");
        await _stage.WaitForRunAsync(second);
        (await repository.DeliveriesAsync())[0].Standing.ShouldBe(DeliveryStanding.Contradicting);
    }

    /// <summary>On one replica; over several it is another issue's.</summary>
    [Fact]
    [Trait("Threat", "T10")]
    public async Task ActsOnceOnFiftyCopiesAtATime()
    {
        var repository = await quick.RepositoryAsync();
        var platformRuns = _stage.Databricks.PlatformRuns;
        var deliveries = (await repository.DeliveriesAsync()).Count; // the probe of connect is one already
        _stage.Forge.Faults.DropNextHooks();
        var commit = await repository.PushChangeAsync("fifty");
        await _stage.Forge.WaitForHooksAsync();
        using var post = new HookPost(_stage);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => post.ReplayAsync(Captured(commit))));
        await _stage.WaitForRunAsync(commit);
        await _stage.SettleAsync();

        answers.ShouldAllBe(answer => (int)answer.StatusCode == 202);
        (await _stage.RunsOfAsync(commit)).Count.ShouldBe(1);
        (await repository.DeliveriesAsync()).Count.ShouldBe(deliveries + 1);
        (_stage.Databricks.PlatformRuns - platformRuns).ShouldBe(1);
    }

    private async Task<string> PushAsync(StageRepository repository, string branch, string commit)
    {
        await repository.Developer.GitAsync("push", "--quiet", "--force", "origin", $"{commit}:refs/heads/{branch}");
        await _stage.SettleAsync();
        return commit;
    }

    private Bascule.Simulators.Forges.ForgeDelivery Captured(string commit) =>
        _stage.Forge.Deliveries.First(sent =>
            sent.Event == "push" && sent.Body.Contains($"\"after\": \"{commit}\"", StringComparison.Ordinal)
        );
}
