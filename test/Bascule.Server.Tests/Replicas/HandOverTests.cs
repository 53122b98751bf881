using Bascule.Core.Work;

namespace Bascule.Server.Tests.Replicas;

/// <summary>One replica gives shards to the other: because it stops, or because the other has fewer.</summary>
[Trait("Threat", "T147")]
public sealed class HandOverTests : ReplicaLab
{
    private static readonly string[] s_everywhere =
    [
        .. Enumerable
            .Range(0, 10_000)
            .Select(number => $"lane{number}")
            .GroupBy(Shards.Of)
            .SelectMany(shard => shard.Take(2)),
    ];

    [Fact]
    public async Task WhatAStoppingReplicaDoesNotHaveInHandIsDoneByTheOtherBeforeItHasEnded()
    {
        var (stuck, rest) = (new TaskCompletionSource(), new TaskCompletionSource());
        One.Handler.Act = async (item, _) =>
        {
            await (item.Lane == "lane0" ? stuck : rest).Task;
            return Next(item);
        };
        await FillAsync(rows: 3);
        await One.StartAsync();
        await UntilAsync(() => One.Handler.Handled.Count == Lanes);
        await Two.StartAsync();

        var stopping = One.StopAsync();
        rest.SetResult();
        var others = Enumerable.Range(0, Lanes).Count(lane => Shards.Of($"lane{lane}") != Shards.Of("lane0"));
        await UntilAsync(() => Two.Handler.Handled.Count == others * 2);

        stopping.IsCompleted.ShouldBeFalse();
        stuck.SetResult();
        await stopping.WaitAsync(Patience);
        await DrainedAsync(rows: 3);
        One.Handler.Handled.ShouldAllBe(row => row == "1");
    }

    [Fact]
    public async Task WhoeverHasMoreThanItsShareGivesShardsAwayThoughEachOfItsLanesIsAlwaysBusy()
    {
        var enough = false;
        One.Handler.Act = Two.Handler.Act = async (item, cancellation) =>
        {
            await Task.Delay(50, cancellation);
            return Volatile.Read(ref enough) ? Next(item) : Next(item, After(item));
        };
        foreach (var lane in s_everywhere)
            await AddAsync(lane, "1", "2", "3");
        await One.StartAsync();
        await UntilAsync(async () => await HeldByAsync(One) == Shards.Count);

        await Two.StartAsync();

        await UntilAsync(async () => await HeldByAsync(Two) == Shards.Count / 2);
        (await HeldByAsync(One)).ShouldBe(Shards.Count / 2);
        Volatile.Write(ref enough, true);
        await UntilAsync(async () => await Two.Storage.Work.ReadNextDueAsync([], default) is null);
        await CheckOrderAsync();
        (One.Handler.Handled.Count + Two.Handler.Handled.Count).ShouldBe(await CountAsync(Two));
    }

    /// <summary>Three rows behind, so that its lane never runs dry.</summary>
    private static AddWork After(WorkItem item)
    {
        var row = int.Parse(item.Subject, System.Globalization.CultureInfo.InvariantCulture) + 3;
        return new AddWork(new NewWork(item.Lane, item.Kind, $"{row}", DateTimeOffset.UtcNow));
    }
}
