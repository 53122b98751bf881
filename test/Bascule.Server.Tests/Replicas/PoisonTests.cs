using Bascule.Core.Work;

namespace Bascule.Server.Tests.Replicas;

/// <summary>A row that always fails, on PostgreSQL, through two real dispatchers.</summary>
public sealed class PoisonTests : ReplicaLab
{
    [Fact]
    [Trait("Threat", "T148")]
    public async Task ARowThatAlwaysFailsIsSetAsideAndShownAndAllOthersFlow()
    {
        One.Handler.Act = Two.Handler.Act = (item, _) =>
            item.Lane == "lane0" && item.Subject == "1"
                ? throw new InvalidOperationException("poison")
                : Task.FromResult(item.Lane == "lane0" ? WorkResult.Finished() : Next(item));
        await FillAsync(rows: 3);

        await One.StartAsync();
        await Two.StartAsync();

        await UntilAsync(async () => await Two.Storage.Work.ReadNextDueAsync([], default) is null);
        (await CountAsync(Two)).ShouldBe((Lanes - 1) * 3);
        var aside = (await Two.Storage.Work.ReadQuarantinedAsync(10, default)).ShouldHaveSingleItem();
        (aside.Item.Lane, aside.Item.Subject).ShouldBe(("lane0", "1"));
        aside.Reason.ShouldContain(nameof(InvalidOperationException));
    }

    [Fact]
    [Trait("Threat", "T148")]
    public async Task WhatWasSetAsideIsHandledWhenItIsReplayed()
    {
        var poisonous = true;
        One.Handler.Act = Two.Handler.Act = (item, _) =>
            Volatile.Read(ref poisonous) ? throw new InvalidOperationException("poison") : Task.FromResult(Next(item));
        await AddAsync("lane0", "1");
        await One.StartAsync();
        await Two.StartAsync();
        await UntilAsync(async () => (await Two.Storage.Work.ReadQuarantinedAsync(10, default)).Count == 1);
        var aside = (await Two.Storage.Work.ReadQuarantinedAsync(10, default)).ShouldHaveSingleItem();

        Volatile.Write(ref poisonous, false);
        var replayed = new ReplayQuarantined(aside.Item.Id, DateTimeOffset.UtcNow);
        (await Two.Storage.Work.ApplyAsync([replayed], default)).Problem.ShouldBeNull();

        await UntilAsync(async () => await CountAsync(One) == 1);
        (await Two.Storage.Work.ReadQuarantinedAsync(10, default)).ShouldBeEmpty();
    }
}
