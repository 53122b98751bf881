using Bascule.Core;
using Bascule.Core.Pushes;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

internal static class PushChanges
{
    public static Problem? Add(WriteSession session, PushedRef pushed)
    {
        session.Execute(
            """
            INSERT INTO pushed_ref (push, ref, forge_uid, repository_id, head, actor_type, actor_uid, token_uid, account_id, account_login, at)
            VALUES (@Push, @Ref, @ForgeUid, @RepositoryId, @Head, @ActorType, @ActorUid, @Token, @AccountId, @AccountLogin, @At)
            """,
            new
            {
                pushed.Push,
                Ref = pushed.Ref.ToString(),
                pushed.Repository.ForgeUid,
                RepositoryId = pushed.Repository.Id,
                Head = pushed.Head.ToString(),
                ActorType = pushed.ActorType.ToString(),
                pushed.ActorUid,
                pushed.Token,
                AccountId = pushed.Account?.Id,
                AccountLogin = pushed.Account?.Login,
                At = pushed.At.ToUnixTimeMilliseconds(),
            }
        );
        return null;
    }
}
