using Bascule.Core;
using Bascule.Core.Runs;

namespace Bascule.Server.Tests.Promotions;

/// <summary>What is left half done is gone on with, and what the platform does not confirm is not remembered.</summary>
public sealed class PromotionCrashTests
{
    [Fact]
    public async Task AMoveWhoseAnswerWasLostIsMadeOnceAndRemembersWhatWasThereBefore()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        var producer = await lab.ProduceAsync('a', "7");
        lab.World.Platform.Aliases[(PromotionWorld.Model, PromotionWorld.Alias)] = "3";
        lab.World.Platform.MoveProblems.Enqueue(Problem.Unavailable("the answer was lost"));

        var asked = await lab.AskAsync(producer, "7");
        var waiting = await lab.FinishAsync(asked.Value);
        waiting.State.ShouldBe(RunState.Queued);
        lab.World.Clock.Advance(TimeSpan.FromMinutes(5));
        var run = await lab.FinishAsync(asked.Value);

        (run.State, lab.Promoted).ShouldBe((RunState.Succeeded, "7"), run.Reason);
        lab.World.Platform.Calls.Count(call => call == "move production to 7").ShouldBe(1);
        (await lab.HistoryAsync()).ShouldHaveSingleItem().Replaced.ShouldBe("3");
    }

    [Fact]
    public async Task WhatThePlatformDoesNotConfirmIsNotRemembered()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        var producer = await lab.ProduceAsync('a', "7");
        lab.World.Platform.AfterMove = () =>
            lab.World.Platform.Aliases[(PromotionWorld.Model, PromotionWorld.Alias)] = "2";

        var run = await lab.PromoteAsync(producer, "7");

        run.State.ShouldBe(RunState.Failed);
        run.Reason.ShouldNotBeNull().ShouldContain("leads to version 2 right after it was moved");
        (await lab.HistoryAsync()).ShouldBeEmpty();
        (await lab.World.EntriesAsync("model.promoted")).ShouldBeEmpty();
    }

    [Fact]
    public async Task AMoveThatIsRefusedForGoodFailsAndAnotherTryIsAnotherRun()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        var producer = await lab.ProduceAsync('a', "7");
        lab.World.Platform.AfterMove = () => lab.World.Platform.Aliases.Clear();
        lab.World.Platform.MoveProblems.Enqueue(Problem.Denied("no right to move aliases"));

        var failed = await lab.PromoteAsync(producer, "7");
        var run = await lab.PromoteAsync(producer, "7");

        (failed.State, failed.Reason).ShouldBe((RunState.Failed, "no right to move aliases"));
        (run.State, run.Ordinal, lab.Promoted).ShouldBe((RunState.Succeeded, 1, "7"));
    }

    [Fact]
    public async Task NothingIsMovedWhenTheRunWasCanceledBefore()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        var producer = await lab.ProduceAsync('a', "7");
        var asked = await lab.AskAsync(producer, "7");

        await lab.World.Get<IRunCommands>().CancelAsync(asked.Value.Id, "operator", default);
        await lab.World.DrainAsync("run.cancel");
        var run = await lab.FinishAsync(asked.Value);

        (run.State, lab.Promoted).ShouldBe((RunState.Canceled, null));
    }
}
