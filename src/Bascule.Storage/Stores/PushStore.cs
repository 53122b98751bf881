using Bascule.Core.Forges;
using Bascule.Core.Pushes;

namespace Bascule.Storage.Stores;

internal sealed class PushStore(IReaders readers) : IPushStore
{
    public async Task<IReadOnlyList<PushedRef>> ListAsync(
        RepositoryKey repository,
        CommitId head,
        CancellationToken cancellationToken
    )
    {
        var rows = await readers.ListAsync<PushedRow>(
            """
            SELECT push, ref, forge_uid, repository_id, head, actor_type, actor_uid, token_uid, account_id, account_login, at
              FROM pushed_ref
             WHERE forge_uid = @ForgeUid AND repository_id = @Id AND head = @Head
             ORDER BY at, push, ref
            """,
            new
            {
                repository.ForgeUid,
                repository.Id,
                Head = head.ToString(),
            },
            cancellationToken
        );
        return [.. rows.Select(row => row.ToPushed())];
    }
}
