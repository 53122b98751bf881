using Bascule.Core;
using Bascule.Core.Deployments;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

internal static class DeploymentChanges
{
    /// <summary>Two who move at once name the same next generation: the key lets one of them through.</summary>
    public static Problem? Move(WriteSession session, Deployment deployment)
    {
        var moved = session.Execute(
            """
            INSERT INTO deployment (forge_uid, repository_id, environment, generation, commit_id, run, rolled_back_because, moved_by, moved_at)
            SELECT @ForgeUid, @Id, @Environment, @Generation, @Commit, @Run, @Because, @By, @At
            WHERE @Generation = 1 + (SELECT coalesce(max(generation), 0) FROM deployment
                                     WHERE forge_uid = @ForgeUid AND repository_id = @Id AND environment = @Environment)
            ON CONFLICT DO NOTHING
            """,
            new
            {
                deployment.Place.Repository.ForgeUid,
                deployment.Place.Repository.Id,
                deployment.Place.Environment,
                deployment.Generation,
                Commit = deployment.Commit.ToString(),
                Run = deployment.Run?.Text,
                Because = deployment.RolledBackBecause,
                deployment.By,
                At = deployment.At.ToUnixTimeMilliseconds(),
            }
        );
        return moved == 1
            ? null
            : Problem.Conflict(
                $"the deploy ref of environment '{deployment.Place.Environment}' was moved meanwhile; look where it is now"
            );
    }

    public static Problem? Block(WriteSession session, BlockedCommit blocked)
    {
        session.Execute(
            """
            INSERT INTO blocked_commit (forge_uid, repository_id, environment, commit_id, reason, blocked_by, blocked_at)
            VALUES (@ForgeUid, @Id, @Environment, @Commit, @Because, @By, @At)
            ON CONFLICT DO NOTHING
            """,
            new
            {
                blocked.Place.Repository.ForgeUid,
                blocked.Place.Repository.Id,
                blocked.Place.Environment,
                Commit = blocked.Commit.ToString(),
                blocked.Because,
                blocked.By,
                At = blocked.At.ToUnixTimeMilliseconds(),
            }
        );
        return null;
    }
}
