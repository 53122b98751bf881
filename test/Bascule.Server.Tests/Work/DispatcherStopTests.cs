using Bascule.Core.Work;
using Bascule.Server.Work;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Tests.Work;

/// <summary>What becomes of rows in hand and in line when the server is told to stop.</summary>
public sealed class DispatcherStopTests : DispatcherStage
{
    [Fact]
    public async Task AtShutdownTheRowInHandStays()
    {
        Handler.Act = async (_, cancellation) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            return WorkResult.Finished();
        };
        await AddAsync("lane", "in hand", "waiting");
        await StartAsync();
        await HandledAsync("in hand");

        await Dispatcher.StopAsync(default);

        (await World.DueAsync("lab")).ShouldHaveSingleItem().Subject.ShouldBe("in hand");
        (await World.DueAsync("lab"))[0].Attempt.ShouldBe(0);
    }

    [Fact]
    public async Task AtShutdownAHandlerThatFailsInsteadOfEndingHoldsNothingUp()
    {
        Handler.Act = async (_, cancellation) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new InvalidOperationException("it was told to stop");
        };
        await AddAsync("lane", "in hand");
        await StartAsync();
        await HandledAsync("in hand");

        await Dispatcher.StopAsync(default).WaitAsync(Patience);

        (await World.DueAsync("lab")).ShouldHaveSingleItem().Attempt.ShouldBe(0);
    }

    [Fact]
    public async Task AtShutdownWhatHasBegunMayEndAndNothingElseBegins()
    {
        var slow = new TaskCompletionSource();
        Handler.Act = async (_, _) =>
        {
            await slow.Task;
            return WorkResult.Finished();
        };
        await AddAsync("lane", "in hand", "waiting");
        await StartAsync();
        await HandledAsync("in hand");

        var stopping = Dispatcher.StoppingAsync(default);
        await AddAsync("other lane", "new");
        stopping.IsCompleted.ShouldBeFalse();
        slow.SetResult();

        await stopping.WaitAsync(Patience);
        Handler.Handled.ShouldBe(["in hand"]);
        (await World.DueAsync("lab")).Select(row => row.Subject).ShouldBe(["waiting", "new"]);
    }

    [Fact]
    public async Task AtShutdownWhatTakesTooLongIsNotWaitedFor()
    {
        Handler.Act = async (_, cancellation) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            return WorkResult.Finished();
        };
        await AddAsync("lane", "in hand");
        using var hasty = ActivatorUtilities.CreateInstance<Dispatcher>(
            World.Services,
            (IEnumerable<IWorkHandler>)[Handler],
            new HastyClock(World.Clock)
        );
        await hasty.StartAsync(default);
        await HandledAsync("in hand");

        await hasty.StoppingAsync(default).WaitAsync(Patience);
        await hasty.StopAsync(default).WaitAsync(Patience);

        (await World.DueAsync("lab")).ShouldHaveSingleItem();
    }

    /// <summary>Every wait is over at once.</summary>
    private sealed class HastyClock(TimeProvider inner) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => inner.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
