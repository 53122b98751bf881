using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Audit;

/// <summary>
/// Looks, at the start, whether the clock is behind what was written before (THREATS T120). Nothing is refused: order stays by index; but times from here on
/// cannot be compared with those before, and the log says so.
/// </summary>
internal sealed partial class ClockCheck(
    IAuditLog auditLog,
    AuditTrail trail,
    TimeProvider time,
    ILogger<ClockCheck> log
)
{
    /// <summary>Clocks of replicas differ a little; identity providers bear five minutes as well.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <summary>More than the last: one that waited in the spool, or was written by a slow clock, may be among them.</summary>
    private const int Newest = 100;

    public async Task<Result<Done>> CheckAsync(CancellationToken cancellationToken)
    {
        var times = (await auditLog.ReadLastAsync(Newest, cancellationToken))
            .Select(record => record.ReadTime())
            .ToList();
        if (times.Count == 0 || times.Max() is not { } newest)
            return Result.Done;
        var behind = newest - time.GetUtcNow();
        if (behind <= Tolerance)
            return Result.Done;
        Log.WentBack(log, behind, newest);
        var entry = new AuditEntry(AuditTypes.ClockWentBack, "bascule")
        {
            Facts = new JsonObject
            {
                ["newest"] = newest.ToUnixTimeMilliseconds(),
                ["behind_ms"] = (long)behind.TotalMilliseconds,
            },
        };
        return await trail.WriteAsync(entry, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Warning,
            "The clock is {Behind} behind the newest audit entry, of {Newest}: correct the clock of this machine; order stays by index"
        )]
        public static partial void WentBack(ILogger log, TimeSpan behind, DateTimeOffset newest);
    }
}
