using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Text;
using Bascule.Core.Work;
using Bascule.Server.Audit;
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
    AuditTrail audit,
    TimeProvider time,
    ILogger<Dispatcher> log
) : BackgroundService
{
    /// <summary>Lanes at work at once on this node.</summary>
    internal const int MaxLanes = 64;

    /// <summary>
    /// A row that has thrown or clashed this often in a row is set aside (THREATS T148). A handler's own retries do not count: waiting for a forge that is
    /// away says nothing against the row.
    /// </summary>
    internal const int MaxFailures = 6;
    private const int MaxReason = 500;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);
    private readonly Dictionary<string, IWorkHandler> _handlers = handlers.ToDictionary(handler => handler.Kind);
    private readonly ConcurrentDictionary<string, Task> _busy = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, int> _failures = new();

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
                Take(item, cancellationToken);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            Log.StoreFailed(log, problem);
        }
    }

    /// <summary>The lane is taken before its row begins: a row that ends at once would otherwise free it first, and it would stay taken for ever.</summary>
    private void Take(WorkItem item, CancellationToken cancellationToken)
    {
        var row = new Task<Task>(() => RunAsync(item, cancellationToken));
        _busy[item.Lane] = row.Unwrap();
        row.Start(TaskScheduler.Default);
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
            var handled = await HandleAsync(item, cancellationToken);
            if (handled.Failed(out var thrown))
                await FailAsync(item, thrown, cancellationToken);
            else
                await SettleAsync(item, handled.Value, cancellationToken);
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

    private async Task<Result<WorkResult>> HandleAsync(WorkItem item, CancellationToken cancellationToken)
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
            return Problem.Internal($"{item.Kind} failed: {problem.GetType().Name}");
        }
    }

    private async Task SettleAsync(WorkItem item, WorkResult result, CancellationToken cancellationToken)
    {
        if (result is QuarantinedWork quarantined)
        {
            await SetAsideAsync(item, quarantined.Problem, cancellationToken);
            return;
        }
        var settled = await store.SettleAsync(item, result, time.GetUtcNow(), cancellationToken);
        if (!settled.Failed(out var conflict))
        {
            _failures.TryRemove(item.Id, out _);
            return;
        }
        // Somebody else changed what the handler had read: it reads again.
        Log.Conflict(log, item.Kind, item.Subject, conflict.Message);
        await FailAsync(item, conflict, cancellationToken);
    }

    private async Task FailAsync(WorkItem item, Problem problem, CancellationToken cancellationToken)
    {
        var failures = _failures.AddOrUpdate(item.Id, 1, (_, before) => before + 1);
        if (failures >= MaxFailures)
            await SetAsideAsync(item, problem, cancellationToken);
        else
            await RetryAsync(item, failures, problem, cancellationToken);
    }

    private async Task RetryAsync(WorkItem item, int failures, Problem problem, CancellationToken cancellationToken)
    {
        var retry = WorkResult.Retry(BackOff.After(failures - 1, FirstWait), problem);
        _ = await store.SettleAsync(item, retry, time.GetUtcNow(), cancellationToken);
    }

    /// <summary>The row and what its handler leaves behind go together: a crash between the two would leave something waiting for ever.</summary>
    private async Task SetAsideAsync(WorkItem item, Problem problem, CancellationToken cancellationToken)
    {
        Log.Quarantined(log, item.Kind, item.Subject, problem.Message);
        _ = await audit.WriteAsync(Entry(item, problem), cancellationToken);
        var aside = new QuarantinedWork(problem) { Changes = await AbandonAsync(item, problem, cancellationToken) };
        var settled = await store.SettleAsync(item, aside, time.GetUtcNow(), cancellationToken);
        if (settled.Failed(out var conflict))
            await RetryAsync(item, MaxFailures, conflict, cancellationToken);
        else
            _failures.TryRemove(item.Id, out _);
    }

    private async Task<IReadOnlyList<Change>> AbandonAsync(
        WorkItem item,
        Problem problem,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return _handlers.TryGetValue(item.Kind, out var handler)
                ? await handler.AbandonAsync(item, problem, cancellationToken)
                : [];
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            Log.HandlerFailed(log, failure, item.Kind, item.Subject, item.Attempt);
            return [];
        }
    }

    private static AuditEntry Entry(WorkItem item, Problem problem) =>
        new(AuditTypes.WorkQuarantined, "bascule")
        {
            Decision = new AuditDecision(false, "work", PlainText.Line(problem.Message, MaxReason)),
            Facts = new JsonObject
            {
                ["kind"] = item.Kind,
                ["subject"] = item.Subject,
                ["lane"] = item.Lane,
            },
        };

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
