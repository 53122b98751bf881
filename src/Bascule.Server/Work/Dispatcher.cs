using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Text;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Holding;
using Bascule.Server.Secrets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Work;

/// <summary>
/// Drains the inbox: lanes side by side, one row of a lane at a time, of the shards that this replica holds. Wakes on a commit that touched the inbox,
/// here or elsewhere, when the next row falls due, and once a second whatever happens. Told to stop, it begins nothing more, and gives each shard to the
/// other replicas as soon as nothing of it is in hand.
/// </summary>
internal sealed partial class Dispatcher : BackgroundService, IHostedLifecycleService
{
    /// <summary>What takes longer when Bascule stops is cancelled; its row stays, and whoever holds its shard next takes it again.</summary>
    public static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A row that has thrown or clashed this often in a row is set aside (THREATS T148). A handler's own retries do not count: waiting for a forge that is
    /// away says nothing against the row.
    /// </summary>
    internal const int MaxFailures = 6;

    /// <summary>
    /// A row that was in the hands of this many processes when they died is set aside. From the fourth death on it is handled with no other suspect beside
    /// it, and only what is in hand then is counted: rows that merely stood in line when the process was killed must not be taken for its murderer.
    /// </summary>
    internal const int MaxCrashes = 10;
    internal const int SuspectCrashes = 4;
    private const int MaxReason = 500;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);
    private readonly IWorkStore _store;
    private readonly IShards _shards;
    private readonly WorkSignal _signal;
    private readonly HoldGate _gate;
    private readonly SecretGate? _secrets;
    private readonly AuditTrail _audit;
    private readonly TimeProvider _time;
    private readonly ILogger<Dispatcher> _log;
    private readonly Dictionary<string, IWorkHandler> _handlers;
    private readonly HeldShards _held;
    private readonly Places _places = new();
    private readonly SemaphoreSlim _suspect = new(1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<long, int> _failures = new();

    public Dispatcher(
        IWorkStore store,
        IShards shards,
        WorkSignal signal,
        IEnumerable<IWorkHandler> handlers,
        HoldGate gate,
        AuditTrail audit,
        TimeProvider time,
        ILogger<Dispatcher> log,
        SecretGate? secrets = null
    )
    {
        _secrets = secrets;
        (_store, _shards, _signal, _gate, _audit, _time, _log) = (store, shards, signal, gate, audit, time, log);
        _handlers = handlers.ToDictionary(handler => handler.Kind);
        _held = new HeldShards(shards, time, Drop);
    }

    public override void Dispose()
    {
        _suspect.Dispose();
        _stopping.Dispose();
        base.Dispose();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Comes before anything is stopped: the listeners stay open meanwhile, so that a delivery that is on its way is stored.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        _signal.Wake();
        try
        {
            await (ExecuteTask ?? Task.CompletedTask).WaitAsync(LongestStop, _time, cancellationToken);
        }
        catch (Exception tooLong) when (tooLong is TimeoutException or OperationCanceledException) { }
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, _stopping.Token);
        try
        {
            if (_secrets is not null)
                await _secrets.WaitAsync(either.Token);
            await _gate.WaitUntilOpenAsync(either.Token);
            while (true)
            {
                var woken = _signal.Next;
                var now = _time.GetUtcNow();
                await StartDueLanesAsync(now, stoppingToken);
                if (_stopping.IsCancellationRequested && _places.AreEmpty)
                    break;
                await WaitAsync(woken, now, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested) { }
        await HandOverAsync();
    }

    private void Drop(int shard)
    {
        Log.ShardLost(_log, shard);
        _places.Stop(shard);
    }

    /// <summary>Others need not wait for the leases to end.</summary>
    private async Task HandOverAsync()
    {
        await _places.WhenEmptyAsync();
        try
        {
            await _held.ReleaseAllAsync(CancellationToken.None);
        }
        catch (Exception problem)
        {
            Log.StoreFailed(_log, problem);
        }
    }

    private async Task StartDueLanesAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            if (_stopping.IsCancellationRequested)
                await _held.LeaveAsync(cancellationToken);
            await _held.KeepAsync(_places.Free > 0, cancellationToken);
            if (_places.Free > 0)
                await _held.ClaimAsync(now, cancellationToken);
            await TakeDueAsync(now, cancellationToken);
            await _held.ReleaseIdleAsync(_places.BusyShards, cancellationToken);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            Log.StoreFailed(_log, problem);
        }
    }

    private async Task TakeDueAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        while (await TakeSomeAsync(now, cancellationToken)) { }
    }

    /// <returns>Whether to look again at once: what was read filled a share, and the rows of others may stand behind its own.</returns>
    private async Task<bool> TakeSomeAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (free, full) = (_places.Free, _places.FullShares);
        var shards = _held.Open;
        if (free <= 0 || shards.Count == 0)
            return false;
        var due = await _store.ReadDueAsync(new DueWork(now, shards, _places.Lanes, full, free), cancellationToken);
        // Whoever tells us to stop may do so in the middle of a look: what was found is left to others.
        if (_stopping.IsCancellationRequested)
            return false;
        var suspects = due.Where(item =>
                item.Crashes < SuspectCrashes && _held.LeaseOf(item.Lane) is { AfterCrash: true }
            )
            .ToList();
        if (suspects.Count > 0)
            await _store.SuspectAsync(suspects, cancellationToken);
        foreach (var item in due)
        {
            if (_held.LeaseOf(item.Lane) is { } lease && _places.HasRoomFor(item))
                _places.Take(item, token => RunAsync(item, lease, token), cancellationToken);
        }
        return due.Count >= free && _places.FullShares.Except(full).Any();
    }

    /// <param name="looked">What was due then and is not taken waits for a place here or for another replica: both wake us, and the poll does.</param>
    private async Task WaitAsync(Task woken, DateTimeOffset looked, CancellationToken cancellationToken)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var next = await NextDueAsync(cancellationToken);
        var wait = next is { } due && due > looked ? due - _time.GetUtcNow() : Poll;
        wait = wait < _held.NextLook ? wait : _held.NextLook;
        wait =
            wait < TimeSpan.Zero ? TimeSpan.Zero
            : wait > Poll ? Poll
            : wait;
        await Task.WhenAny(woken, Task.Delay(wait, _time, timer.Token));
        await timer.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken)
    {
        try
        {
            // With every place taken, the end of a lane is what wakes us.
            return _places.Free <= 0 ? null : await _store.ReadNextDueAsync(_places.Lanes, cancellationToken);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            Log.StoreFailed(_log, problem);
            return null;
        }
    }

    private async Task RunAsync(WorkItem item, ShardLease lease, CancellationToken cancellationToken)
    {
        var alone = false;
        try
        {
            if (item.Crashes >= SuspectCrashes)
            {
                await _suspect.WaitAsync(cancellationToken);
                alone = true;
                await _store.SuspectAsync([item], cancellationToken);
            }
            using (_shards.Under(lease))
                await HandleAndSettleAsync(item, cancellationToken);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The row stays, whatever the handler made of being stopped; whoever holds its shard next takes it again.
        }
        catch (Exception problem)
        {
            Log.StoreFailed(_log, problem);
            await Task.Delay(Poll, _time, CancellationToken.None);
        }
        finally
        {
            if (alone)
                _suspect.Release();
            _places.Leave(item.Lane);
            _signal.Wake();
        }
    }

    private async Task HandleAndSettleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        if (item.Crashes >= MaxCrashes)
        {
            var killer = Problem.Internal($"{MaxCrashes} processes died while they handled it");
            await SetAsideAsync(item, killer, cancellationToken);
            return;
        }
        var handled = await HandleAsync(item, cancellationToken);
        if (handled.Failed(out var thrown))
            await FailAsync(item, thrown, cancellationToken);
        else
            await SettleAsync(item, handled.Value, cancellationToken);
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
            Log.HandlerFailed(_log, problem, item.Kind, item.Subject, item.Attempt);
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
        var settled = await _store.SettleAsync(item, result, _time.GetUtcNow(), cancellationToken);
        if (!settled.Failed(out var conflict))
        {
            _failures.TryRemove(item.Id, out _);
            return;
        }
        if (ShardLease.IsLoss(conflict))
            return;
        // Somebody else changed what the handler had read: it reads again.
        Log.Conflict(_log, item.Kind, item.Subject, conflict.Message);
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
        _ = await _store.SettleAsync(item, retry, _time.GetUtcNow(), cancellationToken);
    }

    /// <summary>The row and what its handler leaves behind go together: a crash between the two would leave something waiting for ever.</summary>
    private async Task SetAsideAsync(WorkItem item, Problem problem, CancellationToken cancellationToken)
    {
        Log.Quarantined(_log, item.Kind, item.Subject, problem.Message);
        _ = await _audit.WriteAsync(Entry(item, problem), cancellationToken);
        var aside = new QuarantinedWork(problem) { Changes = await AbandonAsync(item, problem, cancellationToken) };
        var settled = await _store.SettleAsync(item, aside, _time.GetUtcNow(), cancellationToken);
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
            Log.HandlerFailed(_log, failure, item.Kind, item.Subject, item.Attempt);
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

        [LoggerMessage(
            5,
            LogLevel.Warning,
            "Shard {Shard} is held by another replica now; what was being done for it here is dropped"
        )]
        public static partial void ShardLost(ILogger log, int shard);
    }
}
