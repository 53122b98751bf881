using Bascule.Core.Approvals;
using Bascule.Core.Audit;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Audit;

namespace Bascule.Server.Approvals;

/// <summary>Gives up a run that nobody approved in time, and a plan for a merge that never came.</summary>
internal sealed class ApprovalExpiryHandler(
    IRunStore runs,
    IApprovalStore approvals,
    ApprovalFlow flow,
    AuditTrail audit,
    TimeProvider time
) : IWorkHandler
{
    public string Kind => ApprovalWork.ExpiryKind;

    public async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        var id = new RunId(item.Subject);
        if (await runs.FindAsync(id, cancellationToken) is not { } run || !Waits(run))
            return WorkResult.Finished();
        if (await approvals.FindAsync(id, cancellationToken) is not { CarriedTo: null } request)
            return WorkResult.Finished();
        var now = time.GetUtcNow();
        if (now < request.ExpiresAt)
            return WorkResult.Again(request.ExpiresAt - now);
        var rule = $"environments.{run.Environment}.approvals.within";
        var because =
            run.State == RunState.AwaitingApproval
                ? $"expired: not approved in time ({rule}); ask again: bascule run retry {run.Id}"
                : $"expired: the merge did not come in time ({rule})";
        var given = await approvals.ReadAsync(id, cancellationToken);
        return WorkResult.Finished([
            new SaveApprovalRequest(request),
            .. flow.Void(run, given, "expired"),
            audit.Record(ApprovalEntries.Of(AuditTypes.ApprovalExpired, run, "bascule", allow: false, rule, because)),
            .. flow.End(run, RunState.Refused, because),
        ]);
    }

    private static bool Waits(Run run) =>
        run is { State: RunState.AwaitingApproval } or { OnMerge: true, State: RunState.Planned };
}
