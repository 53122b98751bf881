using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

internal static class BreakGlassChanges
{
    public static Problem? Add(WriteSession session, BreakGlass act) =>
        session.Execute(
            """
            INSERT INTO break_glass (run, person, content, commit_id, plan_digest, environment, reason, at, expires_at, review_by)
            VALUES (@Run, @Person, @Content, @CommitId, @PlanDigest, @Environment, @Reason, @At, @ExpiresAt, @ReviewBy)
            ON CONFLICT (run) DO NOTHING
            """,
            new
            {
                Run = act.Run.Text,
                Person = act.PersonUid,
                Content = act.Thing.Content.Hex,
                CommitId = act.Thing.Commit.ToString(),
                act.Thing.PlanDigest,
                act.Thing.Environment,
                act.Reason,
                At = act.At.ToUnixTimeMilliseconds(),
                ExpiresAt = act.ExpiresAt.ToUnixTimeMilliseconds(),
                ReviewBy = act.ReviewBy.ToUnixTimeMilliseconds(),
            }
        ) == 0
            ? Problem.Conflict($"somebody let run {act.Run} go without approvals before; that can be done once")
            : null;

    public static Problem? Save(WriteSession session, BreakGlass act) =>
        session.Execute(
            """
            UPDATE break_glass SET reviewed_by = @ReviewedBy, reviewed_at = @ReviewedAt, flagged_at = @FlaggedAt
            WHERE run = @Run AND reviewed_by IS NULL AND (flagged_at IS NULL OR @ReviewedBy IS NOT NULL)
            """,
            new
            {
                Run = act.Run.Text,
                act.ReviewedBy,
                ReviewedAt = Times.ToStored(act.ReviewedAt),
                FlaggedAt = Times.ToStored(act.FlaggedAt),
            }
        ) == 0
            ? Problem.Conflict($"somebody has looked at run {act.Run} already")
            : null;
}
