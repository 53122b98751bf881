using System.Text.Json.Nodes;
using Bascule.Core.Audit;
using Bascule.Core.Exchange;
using Bascule.Core.People;
using Bascule.Core.Retention;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Configuration;

namespace Bascule.Server.Retention;

/// <summary>Forgets what is older than the settings say, an hour apart and in small steps, so that nobody waits for it. The audit log is never touched.</summary>
internal sealed class RetentionHandler(
    RetentionSettings settings,
    IRetentionStore store,
    AuditTrail audit,
    TimeProvider time
) : IWorkHandler
{
    public const string RetentionKind = "retention";

    /// <summary>Rows forgotten in one transaction.</summary>
    internal const int Step = 500;

    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    /// <summary>A use is remembered for longer than any replica's clock could still take the token.</summary>
    private static readonly TimeSpan AfterExpiry = TimeSpan.FromHours(1);
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(200);

    public string Kind => RetentionKind;

    /// <summary>The one row, which repeats itself for ever; asked for at every start.</summary>
    public static Change Due(DateTimeOffset now) =>
        new AddWork(new NewWork(RetentionKind, RetentionKind, "everything", now, Once: true));

    public async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (deliveries, runs) = (now - settings.Deliveries, now - settings.Runs);
        var oldDeliveries = await store.CountDeliveriesAsync(deliveries, Step, cancellationToken);
        var oldRuns = await store.CountRunsAsync(runs, Step, cancellationToken);
        var oldUses = await store.CountTokenUsesAsync(now - AfterExpiry, Step, cancellationToken);
        var pause = oldDeliveries == Step || oldRuns == Step || oldUses == Step ? Breath : Pause;
        var forgetUses = new ForgetTokenUses(now - AfterExpiry, Step);
        var forgetSessions = new ForgetSessions(now - AfterExpiry, Step);
        var forgetPasses = new ForgetGitPasses(now - AfterExpiry, Step);
        if (oldDeliveries + oldRuns == 0)
            return WorkResult.Again(pause, forgetUses, forgetSessions, forgetPasses);
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
