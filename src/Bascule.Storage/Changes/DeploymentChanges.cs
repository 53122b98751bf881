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

    public static Problem? Keep(WriteSession session, KeepDeployedPack keep)
    {
        var pack = keep.Pack;
        var kept = session.Execute(
            """
            INSERT INTO deployed_pack (forge_uid, repository_id, environment, number, commit_id, size, sha256)
            VALUES (@ForgeUid, @Id, @Environment, @Number, @Commit, @Size, @Sha256)
            ON CONFLICT DO NOTHING
            """,
            new
            {
                pack.Place.Repository.ForgeUid,
                pack.Place.Repository.Id,
                pack.Place.Environment,
                pack.Number,
                Commit = pack.Commit.ToString(),
                pack.Size,
                pack.Sha256,
            }
        );
        if (kept == 0)
            return Problem.Conflict(
                $"something else was deployed to environment '{pack.Place.Environment}' meanwhile; look where the deploy ref is now"
            );
        for (var part = 0; part < pack.Parts; part++)
            KeepPart(session, keep, part);
        return null;
    }

    public static Problem? Forget(WriteSession session, DeployPlace place)
    {
        session.Execute(
            "DELETE FROM deployed_pack WHERE forge_uid = @ForgeUid AND repository_id = @Id AND environment = @Environment",
            new
            {
                place.Repository.ForgeUid,
                place.Repository.Id,
                place.Environment,
            }
        );
        return null;
    }

    private static void KeepPart(WriteSession session, KeepDeployedPack keep, int part)
    {
        var start = part * DeployedPack.PartBytes;
        session.Execute(
            """
            INSERT INTO deployed_part (forge_uid, repository_id, environment, number, part, content)
            VALUES (@ForgeUid, @Id, @Environment, @Number, @Part, @Content)
            """,
            new
            {
                keep.Pack.Place.Repository.ForgeUid,
                keep.Pack.Place.Repository.Id,
                keep.Pack.Place.Environment,
                keep.Pack.Number,
                Part = (long)part,
                Content = keep
                    .Bytes.Slice(start, Math.Min(DeployedPack.PartBytes, keep.Bytes.Length - start))
                    .ToArray(),
            }
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
