using Bascule.Core.Work;
using Bascule.Server.Health;
using Bascule.Server.Tests.Work;
using Bascule.Server.Tests.World;
using Microsoft.Extensions.Hosting;

namespace Bascule.Server.Tests.Health;

public sealed class DrainTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly WorkItem Row = new(1, "lane", "lab", "subject", 0, DateTimeOffset.UnixEpoch);
    private readonly TaskCompletionSource<WorkResult> _slow = new();
    private readonly LabHandler _inner = new();
    private ServerWorld _world = null!;

    public async Task InitializeAsync()
    {
        _world = await ServerWorld.OpenAsync();
        _inner.Act = (_, _) => _slow.Task;
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task StoppingWaitsForWhatHasBegun()
    {
        var drain = Drain(_world.Clock);
        var running = new DrainedHandler(_inner, drain).HandleAsync(Row, default);

        var stopping = drain.StoppingAsync(default);
        stopping.IsCompleted.ShouldBeFalse();
        _slow.SetResult(WorkResult.Finished());

        await stopping.WaitAsync(Patience);
        await running.WaitAsync(Patience);
    }

    [Fact]
    public async Task NothingBeginsOnceStoppingHasBegun()
    {
        var drain = Drain(_world.Clock);
        await drain.StoppingAsync(default).WaitAsync(Patience);
        using var dispatcher = new CancellationTokenSource();

        var late = new DrainedHandler(_inner, drain).HandleAsync(Row, dispatcher.Token);
        late.IsCompleted.ShouldBeFalse();
        await dispatcher.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => late.WaitAsync(Patience));
        _inner.Handled.ShouldBeEmpty();
    }

    [Fact]
    public async Task WhatTakesTooLongIsNotWaitedFor()
    {
        var drain = Drain(new HastyClock());
        _ = new DrainedHandler(_inner, drain).HandleAsync(Row, default);

        await drain.StoppingAsync(default).WaitAsync(Patience);

        _slow.Task.IsCompleted.ShouldBeFalse();
    }

    private Drain Drain(TimeProvider time) => new(_world.Get<IHostApplicationLifetime>(), _world.Storage.Work, time);

    /// <summary>Every wait is over at once.</summary>
    private sealed class HastyClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
