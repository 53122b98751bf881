using System.Collections.Concurrent;
using Bascule.Core;
using Bascule.Core.Reconcile;
using Bascule.Core.Work;
using Bascule.Server.Connections;
using Bascule.Server.Work;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Reconcile;

/// <summary>
/// Compares a forge with what Bascule has seen, round after round, within a budget of requests. A row does what the budget allows now and comes back:
/// it holds no place while it waits, and whoever takes it next goes on from what is stored.
/// </summary>
internal sealed partial class ReconcileHandler(
    ForgeConnections forges,
    IReconcileStore store,
    ListingReader listing,
    RepositoryComparer comparer,
    StatusLooks statuses,
    StandingLooks standings,
    TimeProvider time,
    ILogger<ReconcileHandler> log
) : IWorkHandler
{
    public const string ReconcileKind = "reconcile.forge";
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AfterQuarantine = TimeSpan.FromMinutes(10);
    private readonly ConcurrentDictionary<string, RequestBudget> _budgets = new(StringComparer.Ordinal);

    public string Kind => ReconcileKind;

    public static Change RowOf(string forgeUid, DateTimeOffset due) => new AddWork(Row(forgeUid, due, once: true));

    public async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        if (forges.Find(item.Subject) is not { } forge)
            return WorkResult.Finished(); // not in the settings any more; a start with it adds the row again
        var now = time.GetUtcNow();
        var round = await store.FindRoundAsync(forge.Uid, cancellationToken) ?? new ReconcileRound(forge.Uid);
        if (!round.IsRunning)
        {
            if (UntilNext(round, forge, now) is { } wait)
                return WorkResult.Again(wait);
            round = Begin(round, now);
        }
        return round.NextPage > 0
            ? await ListAsync(item, forge, round, cancellationToken)
            : await CompareAsync(item, forge, round, cancellationToken);
    }

    /// <summary>What a forge's answer did to this row says nothing about tomorrow's: it is tried again, for ever.</summary>
    public Task<IReadOnlyList<Change>> AbandonAsync(
        WorkItem item,
        Problem problem,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult<IReadOnlyList<Change>>([
            new AddWork(Row(item.Subject, time.GetUtcNow() + AfterQuarantine, once: false)),
        ]);

    private async Task<WorkResult> ListAsync(
        WorkItem item,
        ConnectedForge forge,
        ReconcileRound round,
        CancellationToken cancellationToken
    )
    {
        var budget = BudgetOf(forge);
        var changes = new List<Change>();
        while (round.NextPage > 0 && budget.TryTake())
        {
            round = round with { Requests = round.Requests + 1 };
            var read = await listing.ReadAsync(forge, round.NextPage, cancellationToken);
            if (read.Failed(out var problem))
                return Fail(item, forge, problem, [.. changes, new SaveReconcileRound(round)]);
            changes.AddRange(read.Value.Changes);
            round = round with { NextPage = read.Value.IsLast ? 0 : round.NextPage + 1 };
        }
        var wait = round.NextPage > 0 ? budget.Wait : TimeSpan.Zero;
        return WorkResult.Again(wait, [.. changes, new SaveReconcileRound(round)]);
    }

    private async Task<WorkResult> CompareAsync(
        WorkItem item,
        ConnectedForge forge,
        ReconcileRound round,
        CancellationToken cancellationToken
    )
    {
        var budget = BudgetOf(forge);
        var asked = Later(time.GetUtcNow(), round.StartedAt!.Value);
        var query = new DueRepositories(
            forge.Uid,
            round.StartedAt.Value,
            asked,
            forge.Reconcile.SweepWithin,
            Math.Max(1, budget.Available)
        );
        var due = await store.ListDueAsync(query, cancellationToken);
        if (due.Count == 0)
            return await EndAsync(forge, round, asked, cancellationToken);
        var changes = new List<Change>();
        foreach (var repository in due)
        {
            if (!forge.Takes(repository.Repository.FullName))
            {
                changes.Add(Skip(repository, asked));
                continue;
            }
            if (!budget.TryTake())
                break;
            round = round with { Requests = round.Requests + 1 };
            var compared = await comparer.CompareAsync(repository, asked, cancellationToken);
            if (compared.Failed(out var problem))
                return Fail(item, forge, problem, [.. changes, new SaveReconcileRound(round)]);
            changes.AddRange(compared.Value);
            var hasChanged = repository.Last.Hint != repository.Repository.UpdatedAt;
            var ends = await standings.AskAsync(forge, repository.Key, hasChanged, budget, cancellationToken);
            round = round with { Requests = round.Requests + ends.Count };
            changes.AddRange(ends);
            // Where the forge says that something changed, that comes first, and its runs report anew.
            if (hasChanged)
                continue;
            var looks = await statuses.AskAsync(forge, repository.Key, budget, cancellationToken);
            round = round with { Requests = round.Requests + looks.Count };
            changes.AddRange(looks);
        }
        return WorkResult.Again(budget.Wait, [.. changes, new SaveReconcileRound(round)]);
    }

    private async Task<WorkResult> EndAsync(
        ConnectedForge forge,
        ReconcileRound round,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var ended = round with { EndedAt = now, SweepStartedAt = round.SweepStartedAt ?? round.StartedAt };
        if (await store.CountUnaskedAsync(forge.Uid, ended.SweepStartedAt!.Value, cancellationToken) == 0)
            ended = ended with { SweepStartedAt = now, SweepEndedAt = now };
        Log.Ended(log, forge.Name, now - round.StartedAt!.Value);
        return WorkResult.Again(UntilNext(ended, forge, now) ?? Shortest, new SaveReconcileRound(ended));
    }

    private WorkResult Fail(WorkItem item, ConnectedForge forge, Problem problem, IReadOnlyList<Change> changes)
    {
        Log.Failed(log, forge.Name, item.Attempt, problem.Message);
        return WorkResult.Retry(BackOff.For(problem, item.Attempt, FirstWait), problem, changes);
    }

    /// <summary>Null when it is due. Never longer than a round's time, even if the clock was set back.</summary>
    private static TimeSpan? UntilNext(ReconcileRound round, ConnectedForge forge, DateTimeOffset now)
    {
        if (round.StartedAt + forge.Reconcile.Every is not { } next || next <= now)
            return null;
        return next - now < forge.Reconcile.Every ? next - now : forge.Reconcile.Every;
    }

    private static ReconcileRound Begin(ReconcileRound round, DateTimeOffset now)
    {
        var started = round.EndedAt is { } ended ? Later(now, ended.AddMilliseconds(1)) : now;
        return round with { StartedAt = started, NextPage = 1, SweepStartedAt = round.SweepStartedAt ?? started };
    }

    /// <summary>The settings do not name it any more: it costs no request.</summary>
    private static SaveComparison Skip(DueRepository repository, DateTimeOffset now) =>
        new(repository.Last with { AskedAt = now, Hint = repository.Repository.UpdatedAt, Settled = true });

    private RequestBudget BudgetOf(ConnectedForge forge) =>
        _budgets.GetOrAdd(forge.Uid, _ => new RequestBudget(forge.Reconcile.RequestsPerSecond, time));

    private static NewWork Row(string forgeUid, DateTimeOffset due, bool once) =>
        new($"reconcile:{forgeUid}", ReconcileKind, forgeUid, due, once);

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Forge {Forge}: a round of comparison took {Took}")]
        public static partial void Ended(ILogger log, string forge, TimeSpan took);

        [LoggerMessage(2, LogLevel.Warning, "Forge {Forge} could not be compared (attempt {Attempt}): {Reason}")]
        public static partial void Failed(ILogger log, string forge, int attempt, string reason);
    }
}
