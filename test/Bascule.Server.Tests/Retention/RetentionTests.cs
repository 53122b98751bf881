using Bascule.Core;
using Bascule.Core.Identity.Tokens;
using Bascule.Core.Work;
using Bascule.Server.Retention;
using Bascule.Server.Tests.Events;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Retention;

public sealed class RetentionTests : IAsyncLifetime
{
    private ServerWorld _world = null!;

    public async Task InitializeAsync()
    {
        _world = await ServerWorld.OpenAsync();
        await _world.ApplyAsync(RetentionHandler.Due(_world.Clock.GetUtcNow()));
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task WhatIsOlderThanTheSettingsSayIsForgottenAndWrittenDown()
    {
        await _world.DeliverAsync(Hints.Push());
        await _world.StepAsync("event");
        _world.Clock.Advance(TimeSpan.FromDays(29));
        await _world.StepAsync("retention");
        (await _world.Storage.Deliveries.ListAsync(10, default)).Count.ShouldBe(1);

        _world.Clock.Advance(TimeSpan.FromDays(2));
        await _world.StepAsync("retention");

        (await _world.Storage.Deliveries.ListAsync(10, default)).ShouldBeEmpty();
        var entry = (await _world.EntriesAsync("records.forgotten")).ShouldHaveSingleItem();
        ((int)entry["facts"]!["deliveries"]!, (int)entry["facts"]!["runs"]!).ShouldBe((1, 0));
    }

    /// <summary>There is nothing to write down: that they were used is in the entries of what they were used for.</summary>
    [Fact]
    public async Task UsesOfTokensAreForgottenAnHourAfterTheirEnd()
    {
        var use = new TokenUse("digest", _world.Clock.GetUtcNow());
        (await _world.Storage.UsedTokens.UseAsync(use, default)).Problem.ShouldBeNull();
        await _world.StepAsync("retention");
        (await _world.Storage.UsedTokens.UseAsync(use, default)).Problem.ShouldNotBeNull();

        _world.Clock.Advance(TimeSpan.FromMinutes(61));
        await _world.StepAsync("retention");

        (await _world.Storage.UsedTokens.UseAsync(use, default)).Problem.ShouldBeNull();
        (await _world.EntriesAsync("records.forgotten")).ShouldBeEmpty();
    }

    [Fact]
    public async Task ItComesAgainEveryHour()
    {
        await _world.StepAsync("retention");
        (await _world.DueAsync("retention")).ShouldBeEmpty();

        _world.Clock.Advance(TimeSpan.FromHours(1));

        (await _world.DueAsync("retention")).ShouldHaveSingleItem();
    }

    [Fact]
    [Trait("Threat", "T116")]
    public async Task WithoutAnAuditEntryNothingIsForgotten()
    {
        await _world.DeliverAsync(Hints.Push());
        await _world.StepAsync("event");
        _world.Clock.Advance(TimeSpan.FromDays(31));
        _world.Audit.Failing = Problem.Unavailable("disk full");

        (await _world.StepAsync("retention")).ShouldBeOfType<RepeatedWork>();

        (await _world.Storage.Deliveries.ListAsync(10, default)).Count.ShouldBe(1);
    }
}
