using System.Text.Json;
using Bascule.Core;
using Bascule.Core.Exchange;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

internal static class GitPassChanges
{
    /// <summary>The holder's row is held until the commit: a retirement at the same moment comes before or after, never in between (THREATS T45).</summary>
    public static Problem? Add(WriteSession session, StoredPass pass)
    {
        var isHeld = session.Execute(
            "UPDATE person SET last_seen_at = last_seen_at WHERE uid = @HolderUid AND retired_at IS NULL",
            new { pass.HolderUid }
        );
        if (isHeld == 0)
            return Problem.Denied($"{pass.HolderUid} is retired: no token is given to them any more");
        session.Execute(
            """
            INSERT INTO git_pass (digest, uid, holder_uid, forge_uid, repository_id, verbs, refs, policy, created_at, expires_at, session_uid)
            VALUES (@Digest, @Uid, @HolderUid, @ForgeUid, @RepositoryId, @Verbs, @Refs, @Policy, @CreatedAt, @ExpiresAt, @SessionUid)
            """,
            new
            {
                pass.Digest,
                pass.Uid,
                pass.HolderUid,
                pass.Repository.ForgeUid,
                RepositoryId = pass.Repository.Id,
                Verbs = JsonSerializer.Serialize(pass.Verbs.Order().Select(verb => verb.ToString())),
                Refs = JsonSerializer.Serialize(pass.Refs.Patterns.Select(pattern => pattern.ToString())),
                pass.Policy,
                CreatedAt = pass.CreatedAt.ToUnixTimeMilliseconds(),
                ExpiresAt = pass.ExpiresAt.ToUnixTimeMilliseconds(),
                pass.SessionUid,
            }
        );
        return null;
    }

    /// <summary>The first time stays.</summary>
    public static Problem? Revoke(WriteSession session, RevokeGitPass revoke) =>
        Execute(
            session,
            "UPDATE git_pass SET revoked_at = @At WHERE uid = @Uid AND revoked_at IS NULL",
            new { revoke.Uid, At = revoke.At.ToUnixTimeMilliseconds() }
        );

    public static Problem? Revoke(WriteSession session, RevokeGitPassesOf revoke) =>
        Execute(
            session,
            "UPDATE git_pass SET revoked_at = @At WHERE holder_uid = @HolderUid AND revoked_at IS NULL",
            new { revoke.HolderUid, At = revoke.At.ToUnixTimeMilliseconds() }
        );

    private static Problem? Execute(WriteSession session, string sql, object parameters)
    {
        session.Execute(sql, parameters);
        return null;
    }
}
