using Bascule.Core;
using Bascule.Core.Runs;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

internal static class RunChanges
{
    /// <summary>The states in which nothing more happens, as SQL.</summary>
    internal static readonly string Final = string.Join(
        ", ",
        Enum.GetValues<RunState>().Where(state => state.IsTerminal()).Select(state => $"'{state}'")
    );

    public static Problem? Add(WriteSession session, Run run)
    {
        session.Execute(
            """
            INSERT INTO run (id, revision, forge_uid, repository_id, forge, repository_name, workflow, environment, run_trigger, ref, commit_id,
                             commit_subject, by_id, by_login, pull_request, base_commit, ordinal, idempotency_key, content, plan, plan_digest,
                             state, reason, start_begun, platform_run_id, platform_page, cancel_requested, created_at, started_at, finished_at, delivery,
                             target, holds_alone, on_merge, rule, tree_digest, rolls_back, plan_summary, shortfall,
                             reproduces, unpinned, differences, promotes)
            VALUES (@Id, @Revision, @ForgeUid, @RepositoryId, @Forge, @RepositoryName, @Workflow, @Environment, @RunTrigger, @Ref, @CommitId,
                    @CommitSubject, @ById, @ByLogin, @PullRequest, @BaseCommit, @Ordinal, @IdempotencyKey, @Content, @Plan, @PlanDigest,
                    @State, @Reason, @StartBegun, @PlatformRunId, @PlatformPage, @CancelRequested, @CreatedAt, @StartedAt, @FinishedAt, @Delivery,
                    @Target, @HoldsAlone, @OnMerge, @Rule, @TreeDigest, @RollsBack, @PlanSummary, @Shortfall,
                    @Reproduces, @Unpinned, @Differences, @Promotes)
            ON CONFLICT (idempotency_key) DO NOTHING
            """,
            RunRow.From(run)
        );
        return null;
    }

    public static Problem? Save(WriteSession session, Run run)
    {
        var saved = session.Execute(
            """
            UPDATE run SET
              revision = revision + 1, forge_uid = @ForgeUid, repository_id = @RepositoryId, forge = @Forge, repository_name = @RepositoryName,
              workflow = @Workflow, environment = @Environment, run_trigger = @RunTrigger, ref = @Ref, commit_id = @CommitId,
              commit_subject = @CommitSubject, by_id = @ById, by_login = @ByLogin, pull_request = @PullRequest, base_commit = @BaseCommit,
              ordinal = @Ordinal, idempotency_key = @IdempotencyKey, content = @Content, plan = @Plan, plan_digest = @PlanDigest,
              state = @State, reason = @Reason, start_begun = @StartBegun, platform_run_id = @PlatformRunId, platform_page = @PlatformPage,
              cancel_requested = @CancelRequested, created_at = @CreatedAt, started_at = @StartedAt, finished_at = @FinishedAt,
              delivery = @Delivery, target = @Target, holds_alone = @HoldsAlone, on_merge = @OnMerge, rule = @Rule, tree_digest = @TreeDigest,
              rolls_back = @RollsBack, plan_summary = @PlanSummary, shortfall = @Shortfall,
              reproduces = @Reproduces, unpinned = @Unpinned, differences = @Differences, promotes = @Promotes
            WHERE id = @Id AND revision = @Revision
            """,
            RunRow.From(run)
        );
        if (saved == 0)
            return Problem.Conflict($"run {run.Id} has changed since revision {run.Revision}; read it again");
        if (run.State.IsTerminal())
            HolderChanges.Release(session, run.Id, run.FinishedAt);
        return null;
    }

    public static Problem? RequestCancel(WriteSession session, RunId id)
    {
        session.Execute(
            $"""
            UPDATE run SET cancel_requested = TRUE, revision = revision + 1
            WHERE id = @Id AND cancel_requested = FALSE AND state NOT IN ({Final})
              AND NOT ((environment IS NULL OR on_merge) AND state = '{nameof(RunState.Planned)}')
            """,
            new { Id = id.ToString() }
        );
        return null;
    }
}
