using Bascule.Core;
using Bascule.Core.Reconcile;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

internal static class ReconcileChanges
{
    public static Problem? Save(WriteSession session, ReconcileRound round)
    {
        session.Execute(
            """
            INSERT INTO reconcile_forge (forge_uid, started_at, ended_at, next_page, sweep_started_at, sweep_ended_at, requests)
            VALUES (@ForgeUid, @StartedAt, @EndedAt, @NextPage, @SweepStartedAt, @SweepEndedAt, @Requests)
            ON CONFLICT (forge_uid) DO UPDATE SET
              started_at = excluded.started_at, ended_at = excluded.ended_at, next_page = excluded.next_page,
              sweep_started_at = excluded.sweep_started_at, sweep_ended_at = excluded.sweep_ended_at, requests = excluded.requests
            """,
            new
            {
                round.ForgeUid,
                StartedAt = Times.ToStored(round.StartedAt),
                EndedAt = Times.ToStored(round.EndedAt),
                NextPage = (long)round.NextPage,
                SweepStartedAt = Times.ToStored(round.SweepStartedAt),
                SweepEndedAt = Times.ToStored(round.SweepEndedAt),
                round.Requests,
            }
        );
        return null;
    }

    public static Problem? Save(WriteSession session, RepositoryComparison compared)
    {
        session.Execute(
            """
            INSERT INTO reconcile_repository (forge_uid, repository_id, asked_at, compared_at, hint, settled, pull_requests_before,
                                              unhandled, problem)
            VALUES (@ForgeUid, @RepositoryId, @AskedAt, @ComparedAt, @Hint, @Settled, @PullRequestsBefore, @Unhandled, @Problem)
            ON CONFLICT (forge_uid, repository_id) DO UPDATE SET
              asked_at = excluded.asked_at, compared_at = excluded.compared_at, hint = excluded.hint, settled = excluded.settled,
              pull_requests_before = excluded.pull_requests_before, unhandled = excluded.unhandled, problem = excluded.problem
            """,
            new
            {
                compared.Repository.ForgeUid,
                RepositoryId = compared.Repository.Id,
                AskedAt = compared.AskedAt.ToUnixTimeMilliseconds(),
                ComparedAt = Times.ToStored(compared.ComparedAt),
                Hint = Times.ToStored(compared.Hint),
                compared.Settled,
                compared.PullRequestsBefore,
                compared.Unhandled,
                compared.Problem,
            }
        );
        return null;
    }

    public static Problem? Add(WriteSession session, MissedRef missed)
    {
        session.Execute(
            """
            INSERT INTO missed_ref (forge_uid, repository_id, ref, since, kind, found_at)
            VALUES (@ForgeUid, @RepositoryId, @Ref, @Since, @Kind, @FoundAt)
            ON CONFLICT (forge_uid, repository_id, ref) DO NOTHING
            """,
            new
            {
                missed.Repository.ForgeUid,
                RepositoryId = missed.Repository.Id,
                Ref = missed.Ref.ToString(),
                Since = missed.Since.ToUnixTimeMilliseconds(),
                Kind = missed.Kind.ToString(),
                FoundAt = missed.FoundAt.ToUnixTimeMilliseconds(),
            }
        );
        return null;
    }

    public static Problem? Remove(WriteSession session, RemoveMissedRef remove)
    {
        session.Execute(
            "DELETE FROM missed_ref WHERE forge_uid = @ForgeUid AND repository_id = @RepositoryId AND ref = @Ref",
            new
            {
                remove.Repository.ForgeUid,
                RepositoryId = remove.Repository.Id,
                Ref = remove.Ref.ToString(),
            }
        );
        return null;
    }
}
