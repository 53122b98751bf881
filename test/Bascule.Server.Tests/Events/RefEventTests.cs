using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Forges;
using Bascule.Core.Work;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Events;

public sealed class RefEventTests : IAsyncLifetime
{
    private ServerWorld _world = null!;

    private FakeMirror Mirror => _world.Mirror;

    public async Task InitializeAsync() => _world = await ServerWorld.OpenAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task ANewBranchIsCreatedAtGenerationOne()
    {
        var tip = Mirror.Commit(ServerWorld.Main, 'a', parent: null);

        (await PushAsync(tip)).ShouldBe("main was created at aaaaaaaa");

        (await MovesAsync()).ShouldBe(["main 1 Created"]);
    }

    [Fact]
    public async Task EveryMoveRaisesTheGenerationAndIsCalledWhatItIs()
    {
        var first = Mirror.Commit(ServerWorld.Main, 'a', parent: null);
        await PushAsync(first);
        var second = Mirror.Commit(ServerWorld.Main, 'b', first);
        (await PushAsync(second)).ShouldBe("main moved to bbbbbbbb");
        Mirror.Point(ServerWorld.Main, first);
        (await PushAsync(first)).ShouldBe("main was rewritten to aaaaaaaa");
        Mirror.Point(ServerWorld.Main, null);
        (await PushAsync()).ShouldBe("main was deleted");
        Mirror.Point(ServerWorld.Main, first);
        (await PushAsync(first)).ShouldBe("main was created at aaaaaaaa");

        (await MovesAsync()).ShouldBe([
            "main 1 Created",
            "main 2 Forward",
            "main 3 Rewritten",
            "main 4 Deleted",
            "main 5 Created",
        ]);
    }

    [Fact]
    [Trait("Threat", "T107")]
    public async Task ThereAndBackTwiceMakesFourUpdates()
    {
        var a = Mirror.Commit(ServerWorld.Main, 'a', parent: null, (".bascule.yaml", ServerWorld.File));
        var b = Mirror.Commit(ServerWorld.Main, 'b', a, ("train.py", "b"));
        foreach (var tip in (CommitId[])[a, b, a, b])
        {
            Mirror.Point(ServerWorld.Main, tip);
            await PushAsync(tip);
        }

        (await MovesAsync()).Count.ShouldBe(4);
        (await _world.RunsAsync()).Select(run => run.Key).Distinct().Count().ShouldBe(4);
    }

    [Fact]
    [Trait("Threat", "T07")]
    public async Task AReplayedHookFindsNoChangeAndStartsNothing()
    {
        var tip = Mirror.Commit(ServerWorld.Main, 'a', parent: null, (".bascule.yaml", ServerWorld.File));
        await PushAsync(tip);

        (await PushAsync(tip)).ShouldBe("main had not moved");

        (await MovesAsync()).Count.ShouldBe(1);
        (await _world.RunsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    [Trait("Threat", "T08")]
    public async Task AnOldHookIsRecordedAsStaleAndItsCommitIsNotRun()
    {
        var old = Mirror.Commit(ServerWorld.Main, 'a', parent: null, (".bascule.yaml", ServerWorld.File));
        var tip = Mirror.Commit(ServerWorld.Main, 'b', old, ("train.py", "b"));

        (await PushAsync(old)).ShouldBe(
            "main was created at bbbbbbbb; the hook spoke of aaaaaaaa, which is not its tip (stale or replayed)"
        );

        (await _world.RunsAsync()).Select(run => run.Commit).ShouldBe([tip]);
    }

    [Fact]
    [Trait("Threat", "T106")]
    public async Task AMovedTagIsARewriteAndStartsNothing()
    {
        const string Tag = "refs/tags/v1";
        var first = Mirror.Commit(Tag, 'a', parent: null, (".bascule.yaml", ServerWorld.File));
        await PushAsync(first, Tag);
        var second = Mirror.Commit(Tag, 'b', first);

        (await PushAsync(second, Tag)).ShouldBe("v1 was rewritten to bbbbbbbb");

        (await MovesAsync()).ShouldBe(["v1 1 Created", "v1 2 Rewritten"]);
        (await _world.RunsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task TheMoveIsInTheAuditLogUnderAPseudonym()
    {
        await PushAsync(Mirror.Commit(ServerWorld.Main, 'a', parent: null));

        var entry = (await _world.EntriesAsync("ref.moved")).ShouldHaveSingleItem();
        ((string)entry["actor"]!).ShouldStartWith("person:p-");
        entry["facts"]!.ToJsonString().ShouldNotContain("ada");
        ((string)entry["facts"]!["assurance"]!).ShouldBe("asserted");
    }

    [Fact]
    public async Task AForgeThatIsAwayIsWaitedFor()
    {
        var delivery = await _world.DeliverAsync(Hints.Push());
        Mirror.Failing = Problem.Unavailable("no answer");
        for (var attempt = 0; attempt < 20; attempt++)
        {
            (await _world.StepAsync("event.ref")).ShouldBeOfType<RepeatedWork>();
            _world.Clock.Advance(TimeSpan.FromMinutes(5));
        }

        Mirror.Failing = null;
        Mirror.Commit(ServerWorld.Main, 'a', parent: null);
        await _world.DrainAsync("event");

        (await _world.OutcomeAsync(delivery)).ShouldBe("main was created at aaaaaaaa");
    }

    [Fact]
    [Trait("Threat", "T116")]
    public async Task ADeliveryThatChangesNothingIsSettledTogetherWithItsAuditEntry()
    {
        var delivery = await _world.DeliverAsync(new PingHint(7));
        var before = await _world.Storage.Audit.ReadLastAsync(1, default);

        var settled = (await _world.StepAsync("event")).ShouldBeOfType<FinishedWork>();

        settled.Changes.OfType<RecordAudit>().ShouldHaveSingleItem();
        (await _world.OutcomeAsync(delivery)).ShouldBe("probe received");
        (await _world.Storage.Audit.ReadLastAsync(1, default)).ShouldNotBe(before);
    }

    [Fact]
    [Trait("Threat", "T116")]
    public async Task WhileTheAuditLogCannotBeWrittenADeliveryWaitsAndIsNotDropped()
    {
        Mirror.Commit(ServerWorld.Main, 'a', parent: null, (".bascule.yaml", ServerWorld.File));
        var delivery = await _world.DeliverAsync(Hints.Push());
        _world.Audit.Failing = Problem.Unavailable("the disk is full");

        (await _world.StepAsync("event")).ShouldBeOfType<RepeatedWork>();
        (await _world.OutcomeAsync(delivery)).ShouldBeNull();
        (await MovesAsync()).ShouldBeEmpty();

        _world.Audit.Failing = null;
        _world.Clock.Advance(TimeSpan.FromMinutes(5));
        await _world.DrainAsync("event");
        (await _world.OutcomeAsync(delivery)).ShouldBe("main was created at aaaaaaaa");
    }

    [Fact]
    [Trait("Threat", "T17")]
    public async Task OnlyTheRefThatTheHookNamesInItsOwnRepositoryIsFetched()
    {
        Mirror.Commit(ServerWorld.Main, 'a', parent: null);
        Mirror.Commit("refs/heads/other", 'b', parent: null);

        await PushAsync(FakeMirror.Id('b'));

        Mirror.Fetched.ShouldBe([RefName.Parse(ServerWorld.Main)]);
    }

    [Fact]
    public async Task ADeliveryOfAForgeThatIsGoneFromTheSettingsSaysSo()
    {
        var happened = Hints.Push();
        var delivery = await _world.DeliverAsync(happened, body: "unreadable"u8.ToArray());

        await _world.DrainAsync("event");

        (await _world.OutcomeAsync(delivery)).ShouldBe("no such body");
    }

    private async Task<string?> PushAsync(CommitId? claimed = null, string name = ServerWorld.Main)
    {
        var delivery = await _world.DeliverAsync(Hints.Push(claimed, name));
        await _world.DrainAsync("event");
        return await _world.OutcomeAsync(delivery);
    }

    private async Task<IReadOnlyList<string>> MovesAsync() =>
        [
            .. (await _world.Storage.Repositories.ListUpdatesAsync(ServerWorld.Churn, default)).Select(update =>
                $"{update.Ref.ShortName} {update.Generation} {update.Move}"
            ),
        ];
}
