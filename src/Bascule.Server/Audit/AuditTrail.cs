using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Json;
using Bascule.Core.Work;
using Bascule.Server.Telemetry;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Audit;

/// <summary>Writes entries and says plainly whether the caller may go on: no entry, no action.</summary>
/// <param name="spool">Where the entries of safety acts go while the log cannot be written; without one they stop as well.</param>
/// <param name="reads">The same for reads of deploy refs.</param>
public sealed partial class AuditTrail(
    IAuditLog auditLog,
    TimeProvider time,
    BasculeMetrics metrics,
    ILogger<AuditTrail> log,
    AuditSpool? spool = null,
    ReadSpool? reads = null
)
{
    internal BasculeMetrics Metrics => metrics;

    /// <summary>For acts that only stop something (ARCHITECTURE 2.8): their entries may wait in the spool, and they go on.</summary>
    public AuditTrail ForSafety => new(auditLog, time, metrics, log, spool) { MaySpool = spool is not null };

    /// <summary>For reads of what was approved and deployed (ARCHITECTURE 2.8): the same, in a spool of their own.</summary>
    public AuditTrail ForDeployed => new(auditLog, time, metrics, log, reads?.Entries) { MaySpool = reads is not null };

    private bool MaySpool { get; init; }

    /// <summary>Returns once the entry is durable. Unavailable when it could not be written: the caller must not act.</summary>
    public async Task<Result<Done>> WriteAsync(AuditEntry entry, CancellationToken cancellationToken)
    {
        var canonical = entry.ToCanonical(time.GetUtcNow());
        var written = await AppendAsync(entry.Type, canonical, cancellationToken);
        if (written.Problem is not null && MaySpool)
            return Spool(entry.Type, canonical);
        metrics.Audited(entry.Type, written.Problem is null ? "ok" : "failed");
        return written;
    }

    /// <summary>Into the spool at once, where it is known that the log cannot be written. Unavailable when there is none, or no room in it: the caller must not act.</summary>
    public Result<Done> Spool(AuditEntry entry) =>
        MaySpool
            ? Spool(entry.Type, entry.ToCanonical(time.GetUtcNow()))
            : Problem.Unavailable("the audit log cannot be written, and there is no spool for this");

    /// <summary>To be stored with the changes that follow from it, in one transaction.</summary>
    public Change Record(AuditEntry entry)
    {
        metrics.Audited(entry.Type, "joined");
        return new RecordAudit(entry.ToCanonical(time.GetUtcNow()));
    }

    private Result<Done> Spool(string type, byte[] canonical)
    {
        var marked = JsonNode.Parse(canonical)!.AsObject();
        marked["spooled_at"] = AuditEntry.TimeText(time.GetUtcNow());
        var spooled = spool!.Append(CanonicalJson.Serialize(marked));
        metrics.Audited(type, spooled.Problem is null ? "spooled" : "failed");
        if (spooled.Failed(out var problem))
            Log.Refused(log, type, problem.Message);
        else
            Log.Spooled(log, type);
        return spooled;
    }

    private async Task<Result<Done>> AppendAsync(string type, byte[] canonical, CancellationToken cancellationToken)
    {
        try
        {
            var appended = await auditLog.AppendAsync(canonical, cancellationToken);
            if (!appended.Failed(out var problem))
                return Result.Done;
            Log.Refused(log, type, problem.Message);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            Log.Failed(log, problem, type);
        }
        return Problem.Unavailable(
            "the audit log cannot be written, so nothing is done; see Bascule's log and free the disk or repair the database"
        );
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Audit entry {Type} was refused: {Reason}")]
        public static partial void Refused(ILogger log, string type, string reason);

        [LoggerMessage(2, LogLevel.Error, "Audit entry {Type} could not be written")]
        public static partial void Failed(ILogger log, Exception problem, string type);

        [LoggerMessage(3, LogLevel.Warning, "Audit entry {Type} waits in the spool until the audit log can be written")]
        public static partial void Spooled(ILogger log, string type);
    }
}
