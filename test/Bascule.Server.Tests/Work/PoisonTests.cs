using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.Work;
using Bascule.Server.Work;
using Bascule.Testing.Storage;

namespace Bascule.Server.Tests.Work;

/// <summary>Rows that fail, and processes that die of them.</summary>
public sealed class PoisonTests : DispatcherStage
{
    [Fact]
    [Trait("Threat", "T148")]
    public async Task APoisonousRowIsSetAsideAndItsLaneGoesOn()
    {
        Handler.Act = (item, _) =>
            item.Subject == "poison"
                ? throw new InvalidOperationException("boom")
                : Task.FromResult(WorkResult.Finished());
        await AddAsync("lane", "poison", "next");

        await StartAsync();

        await AdvanceUntilAsync(() => Handler.Handled.Contains("next"));
        Handler.Handled.Count(subject => subject == "poison").ShouldBe(Dispatcher.MaxFailures);
        var aside = (await World.Storage.Work.ReadQuarantinedAsync(10, default)).ShouldHaveSingleItem();
        aside.Item.Subject.ShouldBe("poison");
        aside.Reason.ShouldBe("lab failed: InvalidOperationException");
        var entry = (await World.EntriesAsync("work.quarantined")).ShouldHaveSingleItem();
        ((string)entry["facts"]!["subject"]!).ShouldBe("poison");
    }

    [Fact]
    [Trait("Threat", "T148")]
    public async Task ARowInWhoseHandlingManyProcessesDiedIsSetAsideUnhandled()
    {
        await AddAsync("lane", "killer", "next");
        await SuspectAsync(Dispatcher.MaxCrashes);

        await StartAsync();

        await HandledAsync("next");
        (await World.Storage.Work.ReadQuarantinedAsync(10, default))
            .ShouldHaveSingleItem()
            .Reason.ShouldBe($"{Dispatcher.MaxCrashes} processes died while they handled it");
    }

    [Fact]
    [Trait("Threat", "T148")]
    public async Task SuspectsAreHandledOneByOneAndOnlyTheOneInHandIsCounted()
    {
        var release = new TaskCompletionSource();
        Handler.Act = async (_, _) =>
        {
            await release.Task;
            return WorkResult.Finished();
        };
        foreach (var lane in (string[])["1", "2", "3"])
            await AddAsync(lane, lane);
        await SuspectAsync(Dispatcher.SuspectCrashes);

        await StartAsync();

        await UntilAsync(() => Handler.Handled.Count == 1);
        const int First = Dispatcher.SuspectCrashes;
        (await World.DueAsync("lab")).Select(row => row.Crashes).Order().ShouldBe([First, First, First + 1]);
        release.SetResult();
        await UntilAsync(() => Handler.Handled.Count == 3);
    }

    [Fact]
    [Trait("Threat", "T148")]
    public async Task WhatAnAbandonedRowLeavesBehindIsStoredWithIt()
    {
        Handler.Act = (item, _) =>
            item.Subject == "poison"
                ? throw new InvalidOperationException("boom")
                : Task.FromResult(WorkResult.Finished());
        Handler.Leave = _ => [Row("other", "left behind")];
        await AddAsync("lane", "poison");

        await StartAsync();

        await AdvanceUntilAsync(() => Handler.Handled.Contains("left behind"));
        Handler.Abandoned.ShouldBe(["poison: lab failed: InvalidOperationException"]);
    }

    [Fact]
    [Trait("Threat", "T148")]
    public async Task ARowThatNobodyHandlesIsSetAsideAtOnce()
    {
        await World.ApplyAsync(new AddWork(new NewWork("lane", "unknown", "x", World.Clock.GetUtcNow())));
        await AddAsync("lane", "next");

        await StartAsync();

        await HandledAsync("next");
        (await World.Storage.Work.ReadQuarantinedAsync(10, default))
            .ShouldHaveSingleItem()
            .Reason.ShouldBe("nothing here handles work of kind 'unknown'");
    }

    [Fact]
    public async Task AHandlerMayWaitForALongTimeWithoutBeingTakenForPoison()
    {
        var away = 3 * Dispatcher.MaxFailures;
        Handler.Act = (_, _) =>
            Task.FromResult(
                Handler.Handled.Count <= away
                    ? WorkResult.Retry(TimeSpan.FromSeconds(1), Problem.Unavailable("the forge is away"))
                    : throw new InvalidOperationException("once, after all that")
            );
        await AddAsync("lane", "patient");

        await StartAsync();

        await AdvanceUntilAsync(() => Handler.Handled.Count > away + 1);
        (await World.Storage.Work.ReadQuarantinedAsync(10, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task ARowWhoseChangesNoLongerFitIsHandledAgain()
    {
        Handler.Act = (_, _) =>
            Task.FromResult(Handler.Handled.Count == 1 ? WorkResult.Finished(Stale()) : WorkResult.Finished());
        await AddAsync("lane", "a", "b");

        await StartAsync();

        await AdvanceUntilAsync(() => Handler.Handled.Contains("b"));
        Handler.Handled.ShouldBe(["a", "a", "b"]);
        (await World.Storage.Work.ReadQuarantinedAsync(10, default)).ShouldBeEmpty();
    }

    /// <summary>As if so many processes had died with the first row of each lane in their hands.</summary>
    private async Task SuspectAsync(int times)
    {
        var items = await World.DueAsync("lab");
        for (var time = 0; time < times; time++)
            await World.Storage.Work.SuspectAsync([.. items], default);
    }

    private static RecordRefUpdate Stale() => new(Sample.Update(5, before: null, Sample.Commit('a')));
}
