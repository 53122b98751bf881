using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Deliveries;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Core.Text;
using Bascule.Core.Work;
using Bascule.Server.Access;
using Bascule.Server.Audit;
using Bascule.Server.Connections;

namespace Bascule.Server.Events;

/// <summary>What was put back.</summary>
internal sealed record Replayed(string Id, string Kind, string Subject);

/// <summary>
/// Puts one delivery, or one row of work that was set aside, back into the inbox for an operator: exactly one row, at the end of its lane, due at once.
/// </summary>
internal sealed class EventReplay(
    IDeliveryStore deliveries,
    IWorkStore store,
    IRunStore runs,
    ForgeConnections forges,
    AuditTrail audit,
    TimeProvider time
)
{
    /// <param name="id">A delivery's uid, or the number of a row that was set aside.</param>
    /// <param name="by">Who asks, as the audit log names them.</param>
    public Task<Result<Replayed>> ReplayAsync(string id, string by, CancellationToken cancellationToken) =>
        long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var row)
            ? ReplayRowAsync(row, by, cancellationToken)
            : ReplayDeliveryAsync(id, by, cancellationToken);

    private async Task<Result<Replayed>> ReplayRowAsync(long id, string by, CancellationToken cancellationToken)
    {
        var name = id.ToString(CultureInfo.InvariantCulture);
        if (await store.FindQuarantinedAsync(id, cancellationToken) is not { Item: var item })
            return Things.NoEvent(name);
        if (await FindEndedAsync(item, cancellationToken) is { } ended)
            return Problem.Conflict(
                $"run {ended} ended when this was set aside; run it again: bascule run retry {ended}"
            );
        return await PutBackAsync(
            new Replayed(name, item.Kind, item.Subject),
            item.Lane,
            new ReplayQuarantined(id, time.GetUtcNow()),
            by,
            cancellationToken
        );
    }

    private async Task<Result<Replayed>> ReplayDeliveryAsync(string uid, string by, CancellationToken cancellationToken)
    {
        if (await deliveries.FindAsync(uid, cancellationToken) is not { } delivery)
            return Things.NoEvent(uid);
        if (forges.Find(delivery.Repository.ForgeUid) is not { } forge)
            return Problem.Conflict($"the forge of delivery {uid} is not in the settings any more");
        var parsed = forge.Forge.Webhooks.Parse(
            new SignedDelivery(delivery.DeliveryId, delivery.EventName, delivery.Json)
        );
        if (parsed.Failed(out var malformed))
            return malformed;
        var work = EventWork.For(delivery, parsed.Value, time.GetUtcNow());
        return await PutBackAsync(
            new Replayed(uid, work.Kind, uid),
            work.Lane,
            new ReplayDelivery(work),
            by,
            cancellationToken
        );
    }

    /// <summary>A refused one leaves its entry as well: it says what was asked.</summary>
    private async Task<Result<Replayed>> PutBackAsync(
        Replayed replayed,
        string lane,
        Change change,
        string by,
        CancellationToken cancellationToken
    )
    {
        var waiting = await store.ReadWaitingAsync(replayed.Subject, cancellationToken);
        if (waiting.Any(item => item.Lane == lane && item.Kind == replayed.Kind))
            return Problem.Conflict(
                $"{replayed.Kind} {PlainText.Line(replayed.Subject, 80)} is waiting in the inbox already; see: bascule event show {replayed.Id}"
            );
        var entry = new AuditEntry(AuditTypes.WorkReplayed, by)
        {
            Facts = new JsonObject
            {
                ["event"] = replayed.Id,
                ["kind"] = replayed.Kind,
                ["subject"] = replayed.Subject,
                ["lane"] = lane,
            },
        };
        var written = await audit.WriteAsync(entry, cancellationToken);
        if (written.Failed(out var unwritten))
            return unwritten;
        var stored = await store.ApplyAsync([change], cancellationToken);
        return stored.Failed(out var problem) ? problem : replayed;
    }

    /// <summary>A step that was set aside has ended its run; doing the step alone would do nothing.</summary>
    private async Task<RunId?> FindEndedAsync(WorkItem item, CancellationToken cancellationToken) =>
        item.Kind.StartsWith("run.", StringComparison.Ordinal)
        && RunId.IsWellFormed(item.Subject)
        && await runs.FindAsync(new RunId(item.Subject), cancellationToken) is { IsFinal: true } run
            ? run.Id
            : null;
}
