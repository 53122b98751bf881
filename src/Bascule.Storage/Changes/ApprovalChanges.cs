using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

internal static class ApprovalChanges
{
    public static Problem? Add(WriteSession session, ApprovalRequest request)
    {
        session.Execute(
            """
            INSERT INTO approval_request (run, generation, revision, opened_at, expires_at, carried_to)
            SELECT @Run, @Generation, @Revision, @OpenedAt, @ExpiresAt, @CarriedTo WHERE EXISTS (SELECT 1 FROM run WHERE id = @Run)
            ON CONFLICT (run) DO NOTHING
            """,
            Row(request)
        );
        return null;
    }

    public static Problem? Save(WriteSession session, ApprovalRequest request) =>
        session.Execute(
            """
            UPDATE approval_request SET
              revision = revision + 1, generation = @Generation, expires_at = @ExpiresAt, carried_to = @CarriedTo
            WHERE run = @Run AND revision = @Revision
            """,
            Row(request)
        ) == 0
            ? Problem.Conflict($"the approvals of run {request.Run} have changed meanwhile; look again")
            : null;

    /// <summary>The index decides between two at once. For a run that was not added there is nothing to approve: it is dropped.</summary>
    public static Problem? Add(WriteSession session, Approval approval)
    {
        var added = session.Execute(
            """
            INSERT INTO approval (uid, run, generation, person, content, commit_id, plan_digest, environment, at, authenticated_at, source, comment,
                                  carried_from, pull_request, review, voided_at, voided_because)
            SELECT @Uid, @Run, @Generation, @Person, @Content, @CommitId, @PlanDigest, @Environment, @At, @AuthenticatedAt, @Source, @Comment,
                   @CarriedFrom, @PullRequest, @Review, @VoidedAt, @VoidedBecause
            WHERE EXISTS (SELECT 1 FROM approval_request WHERE run = @Run)
            ON CONFLICT DO NOTHING
            """,
            ApprovalRow.From(approval)
        );
        if (added > 0 || !HasRequest(session, approval))
            return null;
        return Problem.Conflict($"the same person has approved run {approval.Run} already");
    }

    public static Problem? Void(WriteSession session, VoidApproval end) =>
        session.Execute(
            "UPDATE approval SET voided_at = @At, voided_because = @Because WHERE uid = @Uid AND voided_at IS NULL",
            new
            {
                end.Uid,
                At = end.At.ToUnixTimeMilliseconds(),
                end.Because,
            }
        ) == 0
            ? Problem.Conflict($"approval {end.Uid} is void already")
            : null;

    private static bool HasRequest(WriteSession session, Approval approval) =>
        session.Find<string>("SELECT run FROM approval_request WHERE run = @Run", new { Run = approval.Run.Text })
            is not null;

    private static object Row(ApprovalRequest request) =>
        new
        {
            Run = request.Run.Text,
            request.Generation,
            request.Revision,
            OpenedAt = request.OpenedAt.ToUnixTimeMilliseconds(),
            ExpiresAt = request.ExpiresAt.ToUnixTimeMilliseconds(),
            CarriedTo = request.CarriedTo?.Text,
        };
}
