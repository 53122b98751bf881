using Bascule.Core;
using Bascule.Core.Work;
using Bascule.Server.Shipping;

namespace Bascule.Server.Tests.Shipping;

public sealed class ShippingHandlerTests
{
    [Fact]
    public async Task EveryEntryGoesOnceAndInTheOrderOfItsIndex()
    {
        var collector = new LabCollector { MaxEntries = 7 };
        await using var stage = await ShippingStage.OpenAsync(collector);
        await stage.AppendAsync(20);

        await stage.RunAsync();

        collector.Received.ShouldBe(Enumerable.Range(0, 20).Select(index => (long)index));
        collector.Batches.ShouldBe([7, 7, 6]);
        (await stage.PositionAsync()).Acknowledged.ShouldBe(20);
    }

    [Fact]
    public async Task ABatchHasNoMoreBytesThanTheCollectorTakes()
    {
        var collector = new LabCollector { MaxBytes = 5000 };
        await using var stage = await ShippingStage.OpenAsync(collector);
        await stage.AppendAsync(4, new string('x', 2000));
        await stage.AppendAsync(2, new string('x', 20_000));

        await stage.RunAsync();

        collector.Batches.ShouldBe([2, 2, 1, 1]);
    }

    [Fact]
    public async Task ShippingWritesNothingThatWouldHaveToBeShipped()
    {
        await using var stage = await ShippingStage.OpenAsync(new LabCollector { Refuses = index => index == 1 });
        await stage.AppendAsync(3);

        for (var step = 0; step < 8; step++)
            await stage.WaitOrAskAsync();

        (await stage.Storage.Collectors.CountEntriesAsync(default)).ShouldBe(3);
    }

    /// <summary>A kill between the collector's word and ours: the entries come twice, none is lost.</summary>
    [Fact]
    [Trait("Threat", "T122")]
    public async Task WhatWasTakenAndNotNotedIsSentAgain()
    {
        var collector = new LabCollector();
        await using var stage = await ShippingStage.OpenAsync(collector);
        await stage.AppendAsync(3);
        await stage.Handler.HandleAsync((await stage.DueAsync())!, default);

        await stage.AppendAsync(1);
        await stage.RunAsync();

        collector.Received.ShouldBe([0, 1, 2, 0, 1, 2, 3]);
    }

    [Fact]
    [Trait("Threat", "T122")]
    public async Task WhileTheCollectorIsAwayNothingIsSkipped()
    {
        var collector = new LabCollector { MaxEntries = 2, Away = Problem.Unavailable("it is away") };
        await using var stage = await ShippingStage.OpenAsync(collector);
        await stage.AppendAsync(3);

        var first = (await stage.StepAsync()).ShouldBeOfType<RepeatedWork>().Wait;
        for (var step = 0; step < 12; step++)
            await stage.WaitAsync();
        var position = await stage.PositionAsync();
        (position.Next, position.Failure, position.Letters).ShouldBe((0, "it is away", 0));
        position.FailingSince.ShouldNotBeNull();
        first.ShouldBeLessThan(TimeSpan.FromSeconds(2));
        position.RetryAt!.Value.ShouldBeGreaterThan(stage.Clock.GetUtcNow() + TimeSpan.FromSeconds(60));

        collector.Away = null;
        await stage.WaitAsync();
        await stage.RunAsync();

        collector.Received.ShouldBe([0, 1, 2]);
        (await stage.PositionAsync()).Failure.ShouldBeNull();
    }

    [Theory]
    [InlineData(false, ShippingHandler.MaxTries)]
    [InlineData(true, 1)]
    [Trait("Threat", "T122")]
    public async Task ARefusedEntryIsSetAsideAndTheOthersGoOn(bool isFinal, int tries)
    {
        var collector = new LabCollector { Refuses = index => index == 5, IsFinal = isFinal };
        await using var stage = await ShippingStage.OpenAsync(collector);
        await stage.AppendAsync(12);

        for (var step = 0; step < tries; step++)
            await stage.WaitAsync();
        await stage.RunAsync();

        collector.Received.Distinct().ShouldBe([0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11]);
        collector.Received.ShouldBeInOrder();
        var letter = (await stage.Storage.Collectors.ListLettersAsync("siem", 10, default)).ShouldHaveSingleItem();
        (letter.Index, letter.Reason, letter.Tries).ShouldBe((5, "it is not wanted", tries));
        var position = await stage.PositionAsync();
        (position.Next, position.Acknowledged, position.Letters).ShouldBe((12, 5, 1));
    }

    [Fact]
    public async Task BeforeThatItWaitsAtTheEntry()
    {
        var collector = new LabCollector { Refuses = index => index == 5 };
        await using var stage = await ShippingStage.OpenAsync(collector);
        await stage.AppendAsync(12);

        await stage.StepAsync();

        var position = await stage.PositionAsync();
        (position.Next, position.Tries, position.Letters).ShouldBe((5, 1, 0));
        position.Failure.ShouldBe("entry 5 is refused: it is not wanted");
        collector.Batches.Clear();
        await stage.WaitAsync();
        collector.Batches.ShouldBe([1]);
    }

    [Fact]
    public async Task WhatIsSetAsideIsSentAgainWhenAskedFor()
    {
        var collector = new LabCollector { Refuses = index => index == 1, IsFinal = true };
        await using var stage = await ShippingStage.OpenAsync(collector);
        await stage.AppendAsync(3);
        await stage.RunAsync();
        await stage.AskReplayAsync();
        await stage.RunAsync();
        (await stage.Storage.Collectors.ListLettersAsync("siem", 10, default))[0].Tries.ShouldBe(2);

        collector.Refuses = _ => false;
        await stage.AskReplayAsync();
        await stage.RunAsync();

        collector.Received.ShouldBe([0, 2, 1]);
        (await stage.PositionAsync()).Acknowledged.ShouldBe(3);
        (await stage.Storage.Collectors.ListLettersAsync("siem", 10, default)).ShouldBeEmpty();
    }

    /// <summary>A collector that refuses everything is set up wrongly: that is no reason to let the whole log pass it by.</summary>
    [Fact]
    public async Task WithVeryManySetAsideItWaits()
    {
        var collector = new LabCollector { Refuses = _ => true, IsFinal = true };
        await using var stage = await ShippingStage.OpenAsync(collector);
        await stage.AppendAsync(2);
        await stage.FillAsync(ShippingHandler.MaxLetters);

        await stage.StepAsync();

        var position = await stage.PositionAsync();
        position.Letters.ShouldBe(ShippingHandler.MaxLetters);
        position.Failure.ShouldNotBeNull().ShouldContain("are set aside already");
    }

    [Fact]
    public async Task ACollectorThatBreaksIsTriedAgain()
    {
        var collector = new LabCollector { Throws = new InvalidOperationException("oh") };
        await using var stage = await ShippingStage.OpenAsync(collector);
        await stage.AppendAsync(1);

        (await stage.StepAsync()).ShouldBeOfType<RepeatedWork>().Problem.ShouldNotBeNull();
        collector.Throws = null;
        await stage.WaitAsync();

        collector.Received.ShouldBe([0]);
    }

    [Fact]
    public async Task ANewEntryIsAskedForAndAnIdleLogIsLeftAlone()
    {
        var collector = new LabCollector();
        await using var stage = await ShippingStage.OpenAsync(collector);
        await stage.RunAsync();
        await stage.Watch.LookAsync(default);
        (await stage.DueAsync()).ShouldBeNull();

        await stage.AppendAsync(1);
        await stage.Watch.LookAsync(default);
        await stage.RunAsync();

        collector.Received.ShouldBe([0]);
        await stage.Watch.LookAsync(default);
        (await stage.DueAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task ACollectorThatIsAwayIsNotAskedBeforeItsTime()
    {
        var collector = new LabCollector { Away = Problem.Unavailable("it is away") };
        await using var stage = await ShippingStage.OpenAsync(collector);
        await stage.AppendAsync(1);
        await stage.StepAsync();

        await stage.AppendAsync(1);
        await stage.Watch.LookAsync(default);

        (await stage.DueAsync()).ShouldBeNull();
    }
}
