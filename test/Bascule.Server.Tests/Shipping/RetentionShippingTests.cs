using Bascule.Core;
using Bascule.Core.Audit.Shipping;
using Bascule.Server.Configuration;
using Bascule.Server.Retention;
using Bascule.Server.Shipping;
using Bascule.Server.Tests.Events;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Shipping;

/// <summary>Nothing is deleted before every required collector has acknowledged what was written about it.</summary>
[Trait("Threat", "T122")]
public sealed class RetentionShippingTests : IAsyncLifetime
{
    private readonly LabCollector _required = new();
    private readonly LabCollector _other = new() { Away = Problem.Unavailable("it is away") };
    private ServerWorld _world = null!;

    public async Task InitializeAsync()
    {
        _world = await ServerWorld.OpenAsync(
            collectors:
            [
                new CollectorSettings("siem", _required, IsRequired: true, []),
                new CollectorSettings("lab", _other, IsRequired: false, []),
            ]
        );
        var now = _world.Clock.GetUtcNow();
        await _world.ApplyAsync(
            RetentionHandler.Due(now),
            ShippingHandler.RowOf("siem", now),
            ShippingHandler.RowOf("lab", now)
        );
        await _world.DeliverAsync(Hints.Push());
        await _world.StepAsync("event");
        (await _world.EntriesAsync()).ShouldNotBeEmpty();
        _world.Clock.Advance(TimeSpan.FromDays(31));
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task ARequiredCollectorThatIsAwayStopsTheDeletion()
    {
        _required.Away = Problem.Unavailable("it is away");
        await ShipAsync();

        await RetainAsync();
        _world.Clock.Advance(TimeSpan.FromDays(3));
        await RetainAsync();

        (await DeliveriesAsync()).ShouldBe(1);
        (await _world.EntriesAsync("records.forgotten")).ShouldBeEmpty();
    }

    [Fact]
    public async Task WhenItHasEverythingTheDeletionGoesOn()
    {
        _required.Away = Problem.Unavailable("it is away");
        await ShipAsync();
        await RetainAsync();

        _required.Away = null;
        _world.Clock.Advance(TimeSpan.FromMinutes(3));
        await ShipAsync();
        await RetainAsync();

        (await DeliveriesAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task WhatIsSetAsideStopsTheDeletion()
    {
        (_required.Refuses, _required.IsFinal) = (index => index == 0, true);
        await ShipAsync();
        (await PositionAsync()).Letters.ShouldBe(1);

        await RetainAsync();

        (await DeliveriesAsync()).ShouldBe(1);
    }

    /// <summary>The kill comes after the collector took the entries and before that was stored: they are not acknowledged.</summary>
    [Fact]
    public async Task WhatWasTakenAndNotNotedStopsTheDeletion()
    {
        var row = (await _world.DueAsync("audit.ship")).First(item => item.Subject == "siem");
        await _world.Handler<ShippingHandler>().HandleAsync(row, default);
        _required.Received.ShouldNotBeEmpty();

        await RetainAsync();

        (await DeliveriesAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task EntriesThatCameAfterTheRoundBeganHoldNothingBack()
    {
        await RetainAsync();
        await ShipAsync();
        (await _world.Storage.Audit.AppendAsync("{}"u8.ToArray(), default)).Problem.ShouldBeNull();

        _world.Clock.Advance(TimeSpan.FromMinutes(2));
        await RetainAsync();

        (await DeliveriesAsync()).ShouldBe(0);
    }

    private async Task ShipAsync()
    {
        foreach (var row in await _world.DueAsync("audit.ship"))
        {
            var result = await _world.Handler<ShippingHandler>().HandleAsync(row, default);
            (
                await _world.Storage.Work.SettleAsync(row, result, _world.Clock.GetUtcNow(), default)
            ).Problem.ShouldBeNull();
        }
        if ((await _world.DueAsync("audit.ship")).Count > 0)
            await ShipAsync();
    }

    private async Task RetainAsync() => await _world.StepAsync("retention");

    private async Task<int> DeliveriesAsync() => (await _world.Storage.Deliveries.ListAsync(10, default)).Count;

    private async Task<CollectorPosition> PositionAsync() =>
        (await _world.Storage.Collectors.FindAsync("siem", default)).ShouldNotBeNull();
}
