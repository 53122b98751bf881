using System.Text.Json.Nodes;
using Bascule.Core.Audit;
using Bascule.Core.Exchange;
using Bascule.Core.People;
using Bascule.Core.Retention;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Configuration;
using Bascule.Server.Shipping;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Retention;

/// <summary>
/// Forgets what is older than the settings say, an hour apart and in small steps, so that nobody waits for it. The audit log is never touched; and nothing is
/// deleted before every required collector has acknowledged all that the log held when the round began (THREATS T122).
/// </summary>
internal sealed partial class RetentionHandler(
    RetentionSettings settings,
    IRetentionStore store,
    Collectors collectors,
    AuditTrail audit,
    TimeProvider time,
    ILogger<RetentionHandler> log
) : IWorkHandler
{
    public const string RetentionKind = "retention";

    /// <summary>Rows forgotten in one transaction.</summary>
    internal const int Step = 500;

    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    /// <summary>A use is remembered for longer than any replica's clock could still take the token.</summary>
    private static readonly TimeSpan AfterExpiry = TimeSpan.FromHours(1);
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(200);

    /// <summary>For collectors that are behind.</summary>
    private static readonly TimeSpan ShippingPause = TimeSpan.FromMinutes(1);

    /// <summary>When this round began, and how many entries the log had then; null between rounds. Another replica that takes the row over begins anew.</summary>
    private (long Entries, DateTimeOffset At)? _round;

    public string Kind => RetentionKind;

    /// <summary>The one row, which repeats itself for ever; asked for at every start.</summary>
    public static Change Due(DateTimeOffset now) =>
        new AddWork(new NewWork(RetentionKind, RetentionKind, "everything", now, Once: true));

    public async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var round = _round ??= (await collectors.CountEntriesAsync(cancellationToken), now);
        var (deliveries, runs) = (round.At - settings.Deliveries, round.At - settings.Runs);
        var oldDeliveries = await store.CountDeliveriesAsync(deliveries, Step, cancellationToken);
        var oldRuns = await store.CountRunsAsync(runs, Step, cancellationToken);
        var oldUses = await store.CountTokenUsesAsync(now - AfterExpiry, Step, cancellationToken);
        var pause = oldDeliveries == Step || oldRuns == Step || oldUses == Step ? Breath : Pause;
        var forgetUses = new ForgetTokenUses(now - AfterExpiry, Step);
        var forgetSessions = new ForgetSessions(now - AfterExpiry, Step);
        var forgetPasses = new ForgetGitPasses(now - AfterExpiry, Step);
        if (pause == Pause)
            _round = null;
        if (oldDeliveries + oldRuns == 0)
            return WorkResult.Again(pause, forgetUses, forgetSessions, forgetPasses);
        var acknowledged = await collectors.ReadAcknowledgedAsync(cancellationToken);
        if (acknowledged < round.Entries)
        {
            _round = round;
            Log.Waits(log, oldDeliveries, oldRuns, acknowledged, round.Entries);
            return WorkResult.Again(ShippingPause, forgetUses, forgetSessions, forgetPasses);
        }
        var written = await audit.WriteAsync(Entry(oldDeliveries, oldRuns, deliveries, runs), cancellationToken);
        if (written.Failed(out var unwritten))
            return WorkResult.Retry(Pause, unwritten);
        return WorkResult.Again(
            pause,
            new ForgetDeliveries(deliveries, Step),
            new ForgetRuns(runs, Step),
            forgetUses,
            forgetSessions,
            forgetPasses
        );
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Information,
            "{Deliveries} deliveries and {Runs} runs are old enough to be deleted, and wait for the required collectors: {Acknowledged} of {Entries} audit entries are acknowledged"
        )]
        public static partial void Waits(ILogger log, int deliveries, int runs, long acknowledged, long entries);
    }

    private static AuditEntry Entry(int oldDeliveries, int oldRuns, DateTimeOffset deliveries, DateTimeOffset runs) =>
        new(AuditTypes.RecordsForgotten, "bascule")
        {
            Facts = new JsonObject
            {
                ["deliveries"] = oldDeliveries,
                ["deliveries_before"] = deliveries.ToUnixTimeMilliseconds(),
                ["runs"] = oldRuns,
                ["runs_before"] = runs.ToUnixTimeMilliseconds(),
            },
        };
}
