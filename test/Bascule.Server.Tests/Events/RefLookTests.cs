using Bascule.Core;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Events;

/// <summary>Many pushes to one ref make few looks.</summary>
public sealed class RefLookTests : IAsyncLifetime
{
    private ServerWorld _world = null!;

    public async Task InitializeAsync() => _world = await ServerWorld.OpenAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    [Trait("Threat", "T149")]
    public async Task WhatWasStoredBeforeALookBeganIsAnsweredByIt()
    {
        var tip = _world.Mirror.Commit(ServerWorld.Main, 'a', parent: null);
        for (var push = 0; push < 20; push++)
            await _world.DeliverAsync(Hints.Push(tip));
        var last = await _world.DeliverAsync(Hints.Push(tip));

        await _world.DrainAsync("event");

        _world.Mirror.Fetched.Count.ShouldBe(1);
        (await _world.OutcomeAsync(last)).ShouldBe("joined with a look that began after it came: main is at aaaaaaaa");
    }

    [Fact]
    [Trait("Threat", "T149")]
    public async Task WhatCameAfterTheLookBeganIsLookedAtItself()
    {
        var first = _world.Mirror.Commit(ServerWorld.Main, 'a', parent: null);
        await _world.DeliverAsync(Hints.Push(first));
        await _world.StepAsync("event");
        var second = _world.Mirror.Commit(ServerWorld.Main, 'b', first);
        var later = await _world.DeliverAsync(Hints.Push(second));

        await _world.DrainAsync("event");

        (await _world.OutcomeAsync(later)).ShouldBe("main moved to bbbbbbbb");
    }

    [Fact]
    public async Task ALookWhoseResultWasNotStoredAnswersNothing()
    {
        var tip = _world.Mirror.Commit(ServerWorld.Main, 'a', parent: null);
        await _world.DeliverAsync(Hints.Push(tip));
        var second = await _world.DeliverAsync(Hints.Push(tip));
        var rows = await _world.DueAsync("event");
        var handler = _world.Handler<Bascule.Server.Events.RefEventHandler>();
        await handler.HandleAsync(rows[0], default); // lost; as if the row were set aside
        await _world.Storage.Work.SettleAsync(
            rows[0],
            new Bascule.Core.Work.QuarantinedWork(Problem.Internal("it threw")),
            _world.Clock.GetUtcNow(),
            default
        );

        await _world.DrainAsync("event");

        (await _world.OutcomeAsync(second)).ShouldBe("main was created at aaaaaaaa");
    }
}
