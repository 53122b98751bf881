using Bascule.Core.Forges;

namespace Bascule.Storage.Stores;

internal sealed class RepositoryStore(IReaders readers) : IRepositoryStore
{
    private const string SelectRepository =
        "SELECT forge_uid, id, owner, name, default_branch, private, administered, updated_at FROM repository";

    private const string SelectUpdate = """
        SELECT forge_uid, repository_id, ref, generation, before_tip, after_tip, move, by_id, by_login, delivery, at, late_ms,
               late_since
        FROM ref_update WHERE forge_uid = @ForgeUid AND repository_id = @RepositoryId
        """;

    private const string SelectPullRequest = """
        SELECT forge_uid, repository_id, number, title, base, head_branch, from_fork, state, head, merge_commit, author_id, author_login,
               updated_at
        FROM pull_request WHERE forge_uid = @ForgeUid AND repository_id = @RepositoryId
        """;

    public async Task<ForgeRepository?> FindAsync(RepositoryKey key, CancellationToken cancellationToken) =>
        (
            await readers.FindAsync<RepositoryRow>(
                $"{SelectRepository} WHERE forge_uid = @ForgeUid AND id = @Id",
                new { key.ForgeUid, key.Id },
                cancellationToken
            )
        )?.ToRepository();

    public async Task<IReadOnlyList<(RepositoryKey Key, ForgeRepository Repository)>> ListAsync(
        CancellationToken cancellationToken
    )
    {
        var rows = await readers.ListAsync<RepositoryRow>(
            $"{SelectRepository} ORDER BY owner, name, forge_uid",
            parameters: null,
            cancellationToken
        );
        return [.. rows.Select(row => (new RepositoryKey(row.ForgeUid, row.Id), row.ToRepository()))];
    }

    public async Task<KnownRef?> FindRefAsync(RepositoryKey key, RefName name, CancellationToken cancellationToken) =>
        (
            await readers.FindAsync<KnownRefRow>(
                """
                SELECT ref, tip, generation, at FROM known_ref
                WHERE forge_uid = @ForgeUid AND repository_id = @RepositoryId AND ref = @Ref
                """,
                new
                {
                    key.ForgeUid,
                    RepositoryId = key.Id,
                    Ref = name.ToString(),
                },
                cancellationToken
            )
        )?.ToRef();

    public async Task<RefUpdate?> FindUpdateAsync(
        RepositoryKey key,
        RefName name,
        long generation,
        CancellationToken cancellationToken
    ) =>
        (
            await readers.FindAsync<RefUpdateRow>(
                $"{SelectUpdate} AND ref = @Ref AND generation = @Generation",
                new
                {
                    key.ForgeUid,
                    RepositoryId = key.Id,
                    Ref = name.ToString(),
                    Generation = generation,
                },
                cancellationToken
            )
        )?.ToUpdate();

    public async Task<IReadOnlyList<RefUpdate>> ListUpdatesAsync(RepositoryKey key, CancellationToken cancellationToken)
    {
        var rows = await readers.ListAsync<RefUpdateRow>(
            $"{SelectUpdate} ORDER BY seq",
            new { key.ForgeUid, RepositoryId = key.Id },
            cancellationToken
        );
        return [.. rows.Select(row => row.ToUpdate())];
    }

    public async Task<PullRequest?> FindPullRequestAsync(
        RepositoryKey key,
        long number,
        CancellationToken cancellationToken
    ) =>
        (
            await readers.FindAsync<PullRequestRow>(
                $"{SelectPullRequest} AND number = @Number",
                new
                {
                    key.ForgeUid,
                    RepositoryId = key.Id,
                    Number = number,
                },
                cancellationToken
            )
        )?.ToPullRequest();

    public async Task<IReadOnlyList<PullRequest>> ListPullRequestsAsync(
        RepositoryKey key,
        CommitId head,
        CancellationToken cancellationToken
    )
    {
        var rows = await readers.ListAsync<PullRequestRow>(
            $"{SelectPullRequest} AND head = @Head ORDER BY number",
            new
            {
                key.ForgeUid,
                RepositoryId = key.Id,
                Head = head.ToString(),
            },
            cancellationToken
        );
        return [.. rows.Select(row => row.ToPullRequest())];
    }

    public async Task<IReadOnlyList<PullRequest>> ListOpenPullRequestsAsync(
        RepositoryKey key,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var rows = await readers.ListAsync<PullRequestRow>(
            $"{SelectPullRequest} AND state = @Open ORDER BY number DESC LIMIT @Limit",
            new
            {
                key.ForgeUid,
                RepositoryId = key.Id,
                Open = nameof(PullRequestState.Open),
                Limit = limit,
            },
            cancellationToken
        );
        return [.. rows.Select(row => row.ToPullRequest())];
    }

    public async Task<PullRequest?> FindMergedAsAsync(
        RepositoryKey key,
        CommitId mergeCommit,
        CancellationToken cancellationToken
    ) =>
        (
            await readers.FindAsync<PullRequestRow>(
                $"{SelectPullRequest} AND merge_commit = @Commit AND state = @Merged ORDER BY number DESC LIMIT 1",
                new
                {
                    key.ForgeUid,
                    RepositoryId = key.Id,
                    Commit = mergeCommit.ToString(),
                    Merged = nameof(PullRequestState.Merged),
                },
                cancellationToken
            )
        )?.ToPullRequest();
}
