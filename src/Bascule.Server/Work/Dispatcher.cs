using System.Collections.Concurrent;
using Bascule.Core;
using Bascule.Core.Work;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Work;

/// <summary>
/// Drains the inbox: lanes side by side, one row of a lane at a time. Wakes on a commit that touched the inbox, when the next row falls due, and
/// once a second whatever happens.
/// </summary>
internal sealed partial class Dispatcher(
    IWorkStore store,
    WorkSignal signal,
    IEnumerable<IWorkHandler> handlers,
    TimeProvider time,
    ILogger<Dispatcher> log
) : BackgroundService
{
    /// <summary>Lanes at work at once on this node.</summary>
    internal const int MaxLanes = 64;

    /// <summary>A row that has failed this often is set aside (THREATS T148).</summary>
    internal const int MaxAttempts = 6;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private readonly Dictionary<string, IWorkHandler> _handlers = handlers.ToDictionary(handler => handler.Kind);
    private readonly ConcurrentDictionary<string, Task> _busy = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                var woken = signal.Next;
                await StartDueLanesAsync(stoppingToken);
                await WaitAsync(woken, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
        await Task.WhenAll(_busy.Values);
    }

    private async Task StartDueLanesAsync(CancellationToken cancellationToken)
    {
        var free = MaxLanes - _busy.Count;
        if (free <= 0)
            return;
        try
        {
            foreach (var item in await store.ReadDueAsync(time.GetUtcNow(), [.. _busy.Keys], free, cancellationToken))
                _busy[item.Lane] = Task.Run(() => RunAsync(item, cancellationToken), CancellationToken.None);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            Log.StoreFailed(log, problem);
        }
    }

    private async Task WaitAsync(Task woken, CancellationToken cancellationToken)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var next = await NextDueAsync(cancellationToken);
        var wait = next is { } due ? due - time.GetUtcNow() : Poll;
        wait =
            wait < TimeSpan.Zero ? TimeSpan.Zero
            : wait > Poll ? Poll
            : wait;
        await Task.WhenAny(woken, Task.Delay(wait, time, timer.Token));
        await timer.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken)
    {
        try
        {
            // With every place taken, the end of a lane is what wakes us.
            return _busy.Count >= MaxLanes ? null : await store.ReadNextDueAsync([.. _busy.Keys], cancellationToken);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            Log.StoreFailed(log, problem);
            return null;
        }
    }

    private async Task RunAsync(WorkItem item, CancellationToken cancellationToken)
    {
        try
        {
            var result = await HandleAsync(item, cancellationToken);
            await SettleAsync(item, result, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The row stays; whoever starts next takes it again.
        }
        catch (Exception problem)
        {
            Log.StoreFailed(log, problem);
            await Task.Delay(Poll, time, CancellationToken.None);
        }
        finally
        {
            _busy.TryRemove(item.Lane, out _);
            signal.Wake();
        }
    }

    private async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        if (!_handlers.TryGetValue(item.Kind, out var handler))
            return new QuarantinedWork(Problem.Internal($"nothing here handles work of kind '{item.Kind}'"));
        try
        {
            return await handler.HandleAsync(item, cancellationToken);
        }
        catch (Exception problem) when (!cancellationToken.IsCancellationRequested)
        {
            Log.HandlerFailed(log, problem, item.Kind, item.Subject, item.Attempt);
            return AfterFailure(item, Problem.Internal($"{item.Kind} failed: {problem.GetType().Name}"));
        }
    }

    private async Task SettleAsync(WorkItem item, WorkResult result, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MaxAttempts; tries++)
        {
            if (result is QuarantinedWork quarantined)
                result = await SetAsideAsync(item, quarantined, cancellationToken);
            var settled = await store.SettleAsync(item, result, time.GetUtcNow(), cancellationToken);
            if (!settled.Failed(out var conflict))
                return;
            // Somebody else changed what the handler had read: it reads again.
            Log.Conflict(log, item.Kind, item.Subject, conflict.Message);
            result = AfterFailure(item, conflict);
        }
    }

    /// <summary>What the row leaves behind is stored in the transaction that sets it aside.</summary>
    private async Task<WorkResult> SetAsideAsync(
        WorkItem item,
        QuarantinedWork quarantined,
        CancellationToken cancellationToken
    )
    {
        Log.Quarantined(log, item.Kind, item.Subject, quarantined.Problem.Message);
        return _handlers.TryGetValue(item.Kind, out var handler)
            ? new QuarantinedWork(
                quarantined.Problem,
                await handler.AbandonAsync(item, quarantined.Problem, cancellationToken)
            )
            : quarantined;
    }

    private static WorkResult AfterFailure(WorkItem item, Problem problem) =>
        item.Attempt + 1 >= MaxAttempts
            ? new QuarantinedWork(problem)
            : WorkResult.Retry(BackOff.After(item.Attempt, TimeSpan.FromMilliseconds(100)), problem);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The inbox cannot be read or written; trying again")]
        public static partial void StoreFailed(ILogger log, Exception problem);

        [LoggerMessage(2, LogLevel.Error, "Work {Kind} {Subject} failed on attempt {Attempt}")]
        public static partial void HandlerFailed(
            ILogger log,
            Exception problem,
            string kind,
            string subject,
            int attempt
        );

        [LoggerMessage(3, LogLevel.Information, "Work {Kind} {Subject} is done again: {Conflict}")]
        public static partial void Conflict(ILogger log, string kind, string subject, string conflict);

        [LoggerMessage(4, LogLevel.Error, "Work {Kind} {Subject} is set aside: {Reason}")]
        public static partial void Quarantined(ILogger log, string kind, string subject, string reason);
    }
}
