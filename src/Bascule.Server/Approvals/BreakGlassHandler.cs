using Bascule.Core.Approvals;
using Bascule.Core.Audit;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Reports;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Approvals;

/// <summary>Tells everybody when nobody else has looked in time.</summary>
internal sealed partial class BreakGlassHandler(
    IRunStore runs,
    IApprovalStore approvals,
    ApprovalFlow flow,
    AuditTrail audit,
    TimeProvider time,
    ILogger<BreakGlassHandler> log
) : IWorkHandler
{
    public string Kind => ApprovalWork.GlassKind;

    public async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        var id = new RunId(item.Subject);
        if (await runs.FindAsync(id, cancellationToken) is not { } run)
            return WorkResult.Finished();
        if (await approvals.FindBreakGlassAsync(id, cancellationToken) is not { ReviewedBy: null, FlaggedAt: null } act)
            return WorkResult.Finished();
        var now = time.GetUtcNow();
        if (now < act.ReviewBy)
            return WorkResult.Again(act.ReviewBy - now);
        Log.Unreviewed(log, id);
        return WorkResult.Finished([
            new SaveBreakGlass(act with { FlaggedAt = now }),
            audit.Record(
                ApprovalEntries.Of(
                    AuditTypes.GlassUnreviewed,
                    run,
                    "bascule",
                    allow: false,
                    $"environments.{run.Environment}.approvals.break_glass",
                    "nobody else has looked at it in time"
                )
            ),
            flow.Note(run, "BREAK-GLASS: nobody else has looked at it within 24 h"),
            .. ReportWork.For(run, now),
        ]);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "BREAK-GLASS: nobody else has looked at run {Run} in time")]
        public static partial void Unreviewed(ILogger log, RunId run);
    }
}
