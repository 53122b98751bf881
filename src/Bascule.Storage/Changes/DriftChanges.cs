using Bascule.Core;
using Bascule.Core.Drift;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

internal static class DriftChanges
{
    public static Problem? Save(WriteSession session, DriftStanding standing)
    {
        session.Execute(
            """
            INSERT INTO drift (forge_uid, repository_id, workflow, environment, run, commit_id, looked_at, compared_at, problem, differences, total, since)
            VALUES (@ForgeUid, @RepositoryId, @Workflow, @Environment, @Run, @Commit, @LookedAt, @ComparedAt, @Problem, @Differences, @Total, @Since)
            ON CONFLICT (environment, forge_uid, repository_id, workflow) DO UPDATE SET
              run = excluded.run, commit_id = excluded.commit_id, looked_at = excluded.looked_at, compared_at = excluded.compared_at,
              problem = excluded.problem, differences = excluded.differences, total = excluded.total, since = excluded.since
            """,
            new
            {
                standing.Place.Repository.ForgeUid,
                RepositoryId = standing.Place.Repository.Id,
                standing.Place.Workflow,
                standing.Place.Environment,
                Run = standing.Run.Text,
                Commit = standing.Commit.ToString(),
                LookedAt = standing.LookedAt.ToUnixTimeMilliseconds(),
                ComparedAt = standing.ComparedAt?.ToUnixTimeMilliseconds(),
                standing.Problem,
                Differences = DifferenceJson.ToText(standing.Differences.Take(DriftStanding.MostKept)),
                standing.Total,
                Since = standing.Since?.ToUnixTimeMilliseconds(),
            }
        );
        return null;
    }

    public static Problem? Forget(WriteSession session, DriftPlace place)
    {
        session.Execute(
            """
            DELETE FROM drift
            WHERE environment = @Environment AND forge_uid = @ForgeUid AND repository_id = @RepositoryId AND workflow = @Workflow
            """,
            new
            {
                place.Environment,
                place.Repository.ForgeUid,
                RepositoryId = place.Repository.Id,
                place.Workflow,
            }
        );
        return null;
    }
}
