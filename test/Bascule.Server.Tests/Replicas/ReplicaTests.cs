using Bascule.Core.Audit;
using Bascule.Core.Work;
using Bascule.Testing.Storage;

namespace Bascule.Server.Tests.Replicas;

/// <summary>They share, take over from who is gone, and go on.</summary>
public sealed class ReplicaTests : ReplicaLab
{
    [Fact]
    public async Task TheyShareTheWorkAndKeepEachLanesOrder()
    {
        await FillAsync(rows: 20);

        await One.StartAsync();
        await Two.StartAsync();

        await DrainedAsync(rows: 20);
        (One.Handler.Handled.Count + Two.Handler.Handled.Count).ShouldBe(Lanes * 20);
    }

    [Fact]
    public async Task WorkStoredByOneWakesTheOther()
    {
        await Two.StartAsync();

        await FillAsync(rows: 1);

        await DrainedAsync(rows: 1);
        Two.Handler.Handled.Count.ShouldBe(Lanes);
    }

    [Fact]
    public async Task WhenOneIsCutOffTheOtherTakesOverAndNothingIsLostOrDoubled()
    {
        await FillAsync(rows: 20);
        await One.StartAsync();
        await Two.StartAsync();
        await UntilAsync(() => One.Handler.Handled.Count + Two.Handler.Handled.Count > Lanes * 5);

        One.Cable.Cut();

        await UntilAsync(async () => await CountAsync(Two) == Lanes * 20);
        One.Cable.Mend();
        await DrainedAsync(rows: 20);
    }

    [Fact]
    [Trait("Threat", "T147")]
    public async Task OneThatWakesUpAfterItsLeaseEndedWritesNothingAndCallsNobody()
    {
        var (calls, asked) = (0, new TaskCompletionSource());
        var woken = new TaskCompletionSource();
        var refused = new TaskCompletionSource<bool>();
        One.Handler.Act = async (item, _) =>
        {
            asked.TrySetResult();
            await woken.Task;
            var written = await One.Audit.WriteAsync(new AuditEntry("call.begun", "lab"), default);
            refused.TrySetResult(written.Problem is not null);
            if (written.Problem is null)
                Interlocked.Increment(ref calls);
            return Next(item);
        };
        await FillAsync(rows: 1, lanes: 1);
        await One.StartAsync();
        await asked.Task;

        One.Cable.Stall();
        await Two.StartAsync();
        await UntilAsync(async () => await CountAsync(Two) == 1);
        woken.SetResult();
        One.Cable.Mend();

        (await refused.Task.WaitAsync(Patience)).ShouldBeTrue();
        calls.ShouldBe(0);
        (await CountAsync(Two)).ShouldBe(1);
    }

    [Fact]
    public async Task ASlowLaneHoldsUpNoOtherOfItsShard()
    {
        var slow = new TaskCompletionSource();
        var lanes = Enumerable
            .Range(0, 10_000)
            .Select(number => $"lane {number}")
            .Where(lane => Shards.Of(lane) == 5)
            .Take(30)
            .ToList();
        One.Handler.Act = async (item, _) =>
        {
            if (item.Lane == lanes[0])
                await slow.Task;
            return WorkResult.Finished();
        };
        foreach (var lane in lanes)
            await AddAsync(lane, "1", "2", "3");

        await One.StartAsync();

        await UntilAsync(() => One.Handler.Handled.Count == 1 + 29 * 3);
        slow.SetResult();
        await UntilAsync(() => One.Handler.Handled.Count == 30 * 3);
    }

    [Fact]
    public async Task ARowThatComesWhileItsShardIsGivenBackIsNotForgotten()
    {
        await One.StartAsync();
        await Two.StartAsync();
        for (var round = 0; round < 12; round++)
        {
            await AddAsync("lane", $"{round + 1}");
            await UntilAsync(() => One.Handler.Handled.Count + Two.Handler.Handled.Count == round + 1);
            // A shard is given back half a second after its last row: these come before, at, and after that moment.
            await Task.Delay(420 + 20 * round);
        }
    }

    [Fact]
    public async Task AfterPostgresRestartedTheWorkGoesOn()
    {
        await using var server = await PostgresServer.StartAsync(durable: true);
        await DisposeAsync();
        await OpenAsync(server);
        await FillAsync(rows: 20);
        await One.StartAsync();
        await Two.StartAsync();
        await UntilAsync(() => One.Handler.Handled.Count + Two.Handler.Handled.Count > Lanes * 3);

        await server.StopAsync();
        await server.StartAgainAsync();

        await DrainedAsync(rows: 20);
        await DisposeAsync();
    }
}
