using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Server.Telemetry;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Audit;

/// <summary>Writes entries and says plainly whether the caller may go on: no entry, no action.</summary>
public sealed partial class AuditTrail(
    IAuditLog auditLog,
    TimeProvider time,
    BasculeMetrics metrics,
    ILogger<AuditTrail> log
)
{
    internal BasculeMetrics Metrics => metrics;

    /// <summary>Returns once the entry is durable. Unavailable when it could not be written: the caller must not act.</summary>
    public async Task<Result<Done>> WriteAsync(AuditEntry entry, CancellationToken cancellationToken)
    {
        var written = await AppendAsync(entry, cancellationToken);
        metrics.Audited(entry.Type, written.Problem is null);
        return written;
    }

    private async Task<Result<Done>> AppendAsync(AuditEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            var appended = await auditLog.AppendAsync(entry.ToCanonical(time.GetUtcNow()), cancellationToken);
            if (!appended.Failed(out var problem))
                return Result.Done;
            Log.Refused(log, entry.Type, problem.Message);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            Log.Failed(log, problem, entry.Type);
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
    }
}
