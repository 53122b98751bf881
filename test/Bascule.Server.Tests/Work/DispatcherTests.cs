using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.Work;
using Bascule.Server.Tests.World;
using Bascule.Server.Work;
using Bascule.Testing.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Tests.Work;

/// <summary>The clock's timers never come here: whatever goes on was woken by what was stored.</summary>
public sealed class DispatcherTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly LabHandler _handler = new();
    private ServerWorld _world = null!;
    private Dispatcher _dispatcher = null!;

    public async Task InitializeAsync()
    {
        _world = await ServerWorld.OpenAsync();
        _dispatcher = ActivatorUtilities.CreateInstance<Dispatcher>(
            _world.Services,
            (IEnumerable<IWorkHandler>)[_handler]
        );
    }

    public async Task DisposeAsync()
    {
        await _dispatcher.StopAsync(default);
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task RowsOfALaneAreHandledOneByOneInTheirOrder()
    {
        var (running, most) = (0, 0);
        _handler.Act = async (_, _) =>
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
    public async Task ASlowLaneHoldsUpNoOther()
    {
        var slow = new TaskCompletionSource();
        _handler.Act = async (item, _) =>
        {
            if (item.Lane == "slow")
                await slow.Task;
            return WorkResult.Finished();
        };
        await AddAsync("slow", "s1", "s2");
        await AddAsync("quick", "q1", "q2", "q3");

        await StartAsync();

        await UntilAsync(() => _handler.Handled.Contains("q3"));
        _handler.Handled.ShouldNotContain("s2");
        slow.SetResult();
        await UntilAsync(() => _handler.Handled.Contains("s2"));
    }

    [Fact]
    public async Task ManyLanesAreAtWorkAtOnceUpToTheLimit()
    {
        var (running, release) = (0, new TaskCompletionSource());
        _handler.Act = async (_, _) =>
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
        await UntilAsync(() => _handler.Handled.Count == Places.Most + 5);
    }

    [Fact]
    [Trait("Threat", "T149")]
    public async Task AThousandRowsOfOneRepositoryDoNotHoldUpAnotherOnesRowBehindThem()
    {
        var release = new TaskCompletionSource();
        _handler.Act = async (item, _) =>
        {
            if (item.Share == "noisy")
                await release.Task;
            return WorkResult.Finished();
        };
        await _world.ApplyAsync([.. Enumerable.Range(0, 1000).Select(row => Shared("noisy", $"{row}"))]);
        await _world.ApplyAsync(Shared("quiet", "behind them"));

        await StartAsync();

        try
        {
            await UntilAsync(() => _handler.Handled.Contains("behind them"));
            _handler.Handled.Count.ShouldBeLessThanOrEqualTo(Places.MostOfOneShare + 1);
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
            await UntilAsync(() => _handler.Handled.Count == row + 1);
        }

        _handler.Handled.ShouldBe(Enumerable.Range(0, 50).Select(row => $"{row}"));
    }

    [Fact]
    [Trait("Threat", "T148")]
    public async Task APoisonousRowIsSetAsideAndItsLaneGoesOn()
    {
        _handler.Act = (item, _) =>
            item.Subject == "poison"
                ? throw new InvalidOperationException("boom")
                : Task.FromResult(WorkResult.Finished());
        await AddAsync("lane", "poison", "next");

        await StartAsync();

        await AdvanceUntilAsync(() => _handler.Handled.Contains("next"));
        _handler.Handled.Count(subject => subject == "poison").ShouldBe(Dispatcher.MaxFailures);
        var aside = (await _world.Storage.Work.ReadQuarantinedAsync(10, default)).ShouldHaveSingleItem();
        aside.Item.Subject.ShouldBe("poison");
        aside.Reason.ShouldBe("lab failed: InvalidOperationException");
        var entry = (await _world.EntriesAsync("work.quarantined")).ShouldHaveSingleItem();
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
        (await _world.Storage.Work.ReadQuarantinedAsync(10, default))
            .ShouldHaveSingleItem()
            .Reason.ShouldBe($"{Dispatcher.MaxCrashes} processes died while they handled it");
    }

    [Fact]
    [Trait("Threat", "T148")]
    public async Task SuspectsAreHandledOneByOneAndOnlyTheOneInHandIsCounted()
    {
        var release = new TaskCompletionSource();
        _handler.Act = async (_, _) =>
        {
            await release.Task;
            return WorkResult.Finished();
        };
        foreach (var lane in (string[])["1", "2", "3"])
            await AddAsync(lane, lane);
        await SuspectAsync(Dispatcher.SuspectCrashes);

        await StartAsync();

        await UntilAsync(() => _handler.Handled.Count == 1);
        const int First = Dispatcher.SuspectCrashes;
        (await _world.DueAsync("lab")).Select(row => row.Crashes).Order().ShouldBe([First, First, First + 1]);
        release.SetResult();
        await UntilAsync(() => _handler.Handled.Count == 3);
    }

    [Fact]
    [Trait("Threat", "T148")]
    public async Task WhatAnAbandonedRowLeavesBehindIsStoredWithIt()
    {
        _handler.Act = (item, _) =>
            item.Subject == "poison"
                ? throw new InvalidOperationException("boom")
                : Task.FromResult(WorkResult.Finished());
        _handler.Leave = _ => [Row("other", "left behind")];
        await AddAsync("lane", "poison");

        await StartAsync();

        await AdvanceUntilAsync(() => _handler.Handled.Contains("left behind"));
        _handler.Abandoned.ShouldBe(["poison: lab failed: InvalidOperationException"]);
    }

    [Fact]
    [Trait("Threat", "T148")]
    public async Task ARowThatNobodyHandlesIsSetAsideAtOnce()
    {
        await _world.ApplyAsync(new AddWork(new NewWork("lane", "unknown", "x", _world.Clock.GetUtcNow())));
        await AddAsync("lane", "next");

        await StartAsync();

        await HandledAsync("next");
        (await _world.Storage.Work.ReadQuarantinedAsync(10, default))
            .ShouldHaveSingleItem()
            .Reason.ShouldBe("nothing here handles work of kind 'unknown'");
    }

    [Fact]
    public async Task AHandlerMayWaitForALongTimeWithoutBeingTakenForPoison()
    {
        var away = 3 * Dispatcher.MaxFailures;
        _handler.Act = (_, _) =>
            Task.FromResult(
                _handler.Handled.Count <= away
                    ? WorkResult.Retry(TimeSpan.FromSeconds(1), Problem.Unavailable("the forge is away"))
                    : throw new InvalidOperationException("once, after all that")
            );
        await AddAsync("lane", "patient");

        await StartAsync();

        await AdvanceUntilAsync(() => _handler.Handled.Count > away + 1);
        (await _world.Storage.Work.ReadQuarantinedAsync(10, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task ARowWhoseChangesNoLongerFitIsHandledAgain()
    {
        _handler.Act = (_, _) =>
            Task.FromResult(_handler.Handled.Count == 1 ? WorkResult.Finished(Stale()) : WorkResult.Finished());
        await AddAsync("lane", "a", "b");

        await StartAsync();

        await AdvanceUntilAsync(() => _handler.Handled.Contains("b"));
        _handler.Handled.ShouldBe(["a", "a", "b"]);
        (await _world.Storage.Work.ReadQuarantinedAsync(10, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task AtShutdownTheRowInHandStays()
    {
        _handler.Act = async (_, cancellation) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            return WorkResult.Finished();
        };
        await AddAsync("lane", "in hand", "waiting");
        await StartAsync();
        await HandledAsync("in hand");

        await _dispatcher.StopAsync(default);

        (await _world.DueAsync("lab")).ShouldHaveSingleItem().Subject.ShouldBe("in hand");
        (await _world.DueAsync("lab"))[0].Attempt.ShouldBe(0);
    }

    [Fact]
    public async Task AtShutdownAHandlerThatFailsInsteadOfEndingHoldsNothingUp()
    {
        _handler.Act = async (_, cancellation) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new InvalidOperationException("it was told to stop");
        };
        await AddAsync("lane", "in hand");
        await StartAsync();
        await HandledAsync("in hand");

        await _dispatcher.StopAsync(default).WaitAsync(Patience);

        (await _world.DueAsync("lab")).ShouldHaveSingleItem().Attempt.ShouldBe(0);
    }

    [Fact]
    public async Task AtShutdownWhatHasBegunMayEndAndNothingElseBegins()
    {
        var slow = new TaskCompletionSource();
        _handler.Act = async (_, _) =>
        {
            await slow.Task;
            return WorkResult.Finished();
        };
        await AddAsync("lane", "in hand", "waiting");
        await StartAsync();
        await HandledAsync("in hand");

        var stopping = _dispatcher.StoppingAsync(default);
        await AddAsync("other lane", "new");
        stopping.IsCompleted.ShouldBeFalse();
        slow.SetResult();

        await stopping.WaitAsync(Patience);
        _handler.Handled.ShouldBe(["in hand"]);
        (await _world.DueAsync("lab")).Select(row => row.Subject).ShouldBe(["waiting", "new"]);
    }

    [Fact]
    public async Task AtShutdownWhatTakesTooLongIsNotWaitedFor()
    {
        _handler.Act = async (_, cancellation) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            return WorkResult.Finished();
        };
        await AddAsync("lane", "in hand");
        using var hasty = ActivatorUtilities.CreateInstance<Dispatcher>(
            _world.Services,
            (IEnumerable<IWorkHandler>)[_handler],
            new HastyClock(_world.Clock)
        );
        await hasty.StartAsync(default);
        await HandledAsync("in hand");

        await hasty.StoppingAsync(default).WaitAsync(Patience);
        await hasty.StopAsync(default).WaitAsync(Patience);

        (await _world.DueAsync("lab")).ShouldHaveSingleItem();
    }

    /// <summary>As if so many processes had died with the first row of each lane in their hands.</summary>
    private async Task SuspectAsync(int times)
    {
        var items = await _world.DueAsync("lab");
        for (var time = 0; time < times; time++)
            await _world.Storage.Work.SuspectAsync([.. items], default);
    }

    private static RecordRefUpdate Stale() => new(Sample.Update(5, before: null, Sample.Commit('a')));

    private AddWork Row(string lane, string subject) =>
        new(new NewWork(lane, "lab", subject, _world.Clock.GetUtcNow()));

    private AddWork Shared(string share, string subject) =>
        new(new NewWork($"{share} {subject}", "lab", subject, _world.Clock.GetUtcNow()) { Share = share });

    private Task AddAsync(string lane, params string[] subjects) =>
        _world.ApplyAsync([.. subjects.Select(subject => Row(lane, subject))]);

    private Task StartAsync() => _dispatcher.StartAsync(default);

    private Task HandledAsync(params string[] subjects) => UntilAsync(() => _handler.Handled.SequenceEqual(subjects));

    /// <summary>Lets back-offs pass: the clock moves, and whoever waits looks again.</summary>
    private Task AdvanceUntilAsync(Func<bool> reached) =>
        UntilAsync(() =>
        {
            _world.Clock.Advance(TimeSpan.FromMinutes(1));
            _world.Storage.WorkSignal.Wake();
            return reached();
        });

    private async Task UntilAsync(Func<bool> reached)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!reached())
        {
            patience.IsCancellationRequested.ShouldBeFalse($"handled so far: {string.Join(", ", _handler.Handled)}");
            await Task.Delay(5);
        }
    }

    /// <summary>Every wait is over at once.</summary>
    private sealed class HastyClock(TimeProvider inner) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => inner.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
