using Bascule.Core.Work;
using Bascule.Server.Secrets;
using Bascule.Server.Work;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Tests.Work;

/// <summary>The clock's timers never come here: whatever goes on was woken by what was stored.</summary>
public sealed class DispatcherTests : DispatcherStage
{
    [Fact]
    public async Task RowsOfALaneAreHandledOneByOneInTheirOrder()
    {
        var (running, most) = (0, 0);
        Handler.Act = async (_, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            await Task.Yield();
            Interlocked.Decrement(ref running);
            return WorkResult.Finished();
        };
        await AddAsync("lane", "a", "b", "c", "d");

        await StartAsync();

        await HandledAsync("a", "b", "c", "d");
        most.ShouldBe(1);
    }

    [Fact]
    public async Task NothingIsHandledBeforeAllSecretsAreRead()
    {
        var gate = new SecretGate();
        using var dispatcher = ActivatorUtilities.CreateInstance<Dispatcher>(
            World.Services,
            (IEnumerable<IWorkHandler>)[Handler],
            gate
        );
        await AddAsync("lane", "a");
        await dispatcher.StartAsync(default);

        await Task.Delay(TimeSpan.FromMilliseconds(200)); // without the gate a few would do
        Handler.Handled.ShouldBeEmpty();
        gate.Open();

        await HandledAsync("a");
        await dispatcher.StopAsync(default);
    }

    [Fact]
    public async Task ASlowLaneHoldsUpNoOther()
    {
        var slow = new TaskCompletionSource();
        Handler.Act = async (item, _) =>
        {
            if (item.Lane == "slow")
                await slow.Task;
            return WorkResult.Finished();
        };
        await AddAsync("slow", "s1", "s2");
        await AddAsync("quick", "q1", "q2", "q3");

        await StartAsync();

        await UntilAsync(() => Handler.Handled.Contains("q3"));
        Handler.Handled.ShouldNotContain("s2");
        slow.SetResult();
        await UntilAsync(() => Handler.Handled.Contains("s2"));
    }

    [Fact]
    public async Task ManyLanesAreAtWorkAtOnceUpToTheLimit()
    {
        var (running, release) = (0, new TaskCompletionSource());
        Handler.Act = async (_, _) =>
        {
            Interlocked.Increment(ref running);
            await release.Task;
            return WorkResult.Finished();
        };
        for (var lane = 0; lane < Places.Most + 5; lane++)
            await AddAsync($"lane {lane}", $"{lane}");

        await StartAsync();

        await UntilAsync(() => Volatile.Read(ref running) == Places.Most);
        release.SetResult();
        await UntilAsync(() => Handler.Handled.Count == Places.Most + 5);
    }

    [Fact]
    [Trait("Threat", "T149")]
    public async Task AThousandRowsOfOneRepositoryDoNotHoldUpAnotherOnesRowBehindThem()
    {
        var release = new TaskCompletionSource();
        Handler.Act = async (item, _) =>
        {
            if (item.Share == "noisy")
                await release.Task;
            return WorkResult.Finished();
        };
        await World.ApplyAsync([.. Enumerable.Range(0, 1000).Select(row => Shared("noisy", $"{row}"))]);
        await World.ApplyAsync(Shared("quiet", "behind them"));

        await StartAsync();

        try
        {
            await UntilAsync(() => Handler.Handled.Contains("behind them"));
            Handler.Handled.Count.ShouldBeLessThanOrEqualTo(Places.MostOfOneShare + 1);
        }
        finally
        {
            release.SetResult();
        }
    }

    [Fact]
    public async Task ANewRowWakesItWithoutAnyTimer()
    {
        await StartAsync();
        await AddAsync("lane", "first");
        await HandledAsync("first");

        await AddAsync("lane", "second");

        await HandledAsync("first", "second");
    }

    [Fact]
    public async Task ALaneThatEndsAtOnceIsNeverTakenForBusy()
    {
        await StartAsync();

        for (var row = 0; row < 50; row++)
        {
            await AddAsync("lane", $"{row}");
            await UntilAsync(() => Handler.Handled.Count == row + 1);
        }

        Handler.Handled.ShouldBe(Enumerable.Range(0, 50).Select(row => $"{row}"));
    }

    private AddWork Shared(string share, string subject) =>
        new(new NewWork($"{share} {subject}", "lab", subject, World.Clock.GetUtcNow()) { Share = share });
}
