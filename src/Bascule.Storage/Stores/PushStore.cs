using Bascule.Core.Forges;
using Bascule.Core.People;
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

    private sealed record PushedRow
    {
        public required string Push { get; init; }
        public required string Ref { get; init; }
        public required string ForgeUid { get; init; }
        public long RepositoryId { get; init; }
        public required string Head { get; init; }
        public required string ActorType { get; init; }
        public required string ActorUid { get; init; }
        public required string TokenUid { get; init; }
        public long? AccountId { get; init; }
        public string? AccountLogin { get; init; }
        public long At { get; init; }

        public PushedRef ToPushed() =>
            new(
                new RepositoryKey(ForgeUid, RepositoryId),
                RefName.Parse(Ref),
                CommitId.Parse(Head),
                Enum.Parse<ActorType>(ActorType),
                ActorUid,
                TokenUid,
                Push,
                Times.Read(At)
            )
            {
                Account = AccountId is { } id ? new ForgeAccount(id, AccountLogin ?? "") : null,
            };
    }
}
