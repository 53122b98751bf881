using Bascule.Core.Deployments;
using Bascule.Core.Forges;
using Bascule.Core.Runs;

namespace Bascule.Storage.Stores;

internal sealed class DeploymentStore(IReaders readers) : IDeploymentStore
{
    private const string OfPlace = "forge_uid = @ForgeUid AND repository_id = @Id AND environment = @Environment";

    private const string IsNewest = """
        NOT EXISTS (SELECT 1 FROM deployment later
                    WHERE later.forge_uid = deployment.forge_uid AND later.repository_id = deployment.repository_id
                      AND later.environment = deployment.environment AND later.generation > deployment.generation)
        """;

    public async Task<Deployment?> FindAsync(DeployPlace place, CancellationToken cancellationToken) =>
        await ReadHistoryAsync(place, limit: 1, cancellationToken) is [var newest] ? newest : null;

    public Task<IReadOnlyList<Deployment>> ListAsync(RepositoryKey repository, CancellationToken cancellationToken) =>
        ReadAsync(
            $"forge_uid = @ForgeUid AND repository_id = @Id AND {IsNewest} ORDER BY environment",
            new { repository.ForgeUid, repository.Id },
            cancellationToken
        );

    public Task<IReadOnlyList<Deployment>> ListAsync(string environment, CancellationToken cancellationToken) =>
        ReadAsync(
            $"environment = @Environment AND {IsNewest} ORDER BY forge_uid, repository_id",
            new { Environment = environment },
            cancellationToken
        );

    public async Task<IReadOnlyList<FollowedRef>> ListFollowedAsync(CancellationToken cancellationToken)
    {
        var rows = await readers.ListAsync<FollowedRow>(
            $"""
            SELECT deployment.forge_uid, repository_id, environment, generation, commit_id, run, rolled_back_because, moved_by, moved_at,
              owner, name
            FROM deployment JOIN repository ON repository.forge_uid = deployment.forge_uid AND repository.id = repository_id
            WHERE {IsNewest}
            """,
            parameters: null,
            cancellationToken
        );
        return [.. rows.Select(row => new FollowedRef(row.ToDeployment(), row.Owner, row.Name))];
    }

    public Task<IReadOnlyList<Deployment>> ReadHistoryAsync(
        DeployPlace place,
        int limit,
        CancellationToken cancellationToken
    ) =>
        ReadAsync(
            $"{OfPlace} ORDER BY generation DESC LIMIT @Limit",
            new
            {
                place.Repository.ForgeUid,
                place.Repository.Id,
                place.Environment,
                Limit = limit,
            },
            cancellationToken
        );

    public async Task<BlockedCommit?> FindBlockAsync(
        DeployPlace place,
        CommitId commit,
        CancellationToken cancellationToken
    )
    {
        var row = await readers.FindAsync<BlockRow>(
            $"SELECT reason, blocked_by, blocked_at FROM blocked_commit WHERE {OfPlace} AND commit_id = @Commit",
            new
            {
                place.Repository.ForgeUid,
                place.Repository.Id,
                place.Environment,
                Commit = commit.ToString(),
            },
            cancellationToken
        );
        return row is null
            ? null
            : new BlockedCommit(place, commit, row.Reason, row.BlockedBy, Times.Read(row.BlockedAt));
    }

    public async Task<IReadOnlyList<DeployedPack>> ListPacksAsync(
        DeployPlace place,
        CancellationToken cancellationToken
    )
    {
        var rows = await readers.ListAsync<PackRow>(
            $"SELECT number, commit_id, size, sha256 FROM deployed_pack WHERE {OfPlace} ORDER BY number",
            new
            {
                place.Repository.ForgeUid,
                place.Repository.Id,
                place.Environment,
            },
            cancellationToken
        );
        return
        [
            .. rows.Select(row => new DeployedPack(
                place,
                row.Number,
                CommitId.Parse(row.CommitId),
                row.Size,
                row.Sha256
            )),
        ];
    }

    public async Task<byte[]?> ReadPackAsync(DeployedPack pack, int part, CancellationToken cancellationToken) =>
        (
            await readers.FindAsync<PartRow>(
                $"SELECT content FROM deployed_part WHERE {OfPlace} AND number = @Number AND part = @Part",
                new
                {
                    pack.Place.Repository.ForgeUid,
                    pack.Place.Repository.Id,
                    pack.Place.Environment,
                    pack.Number,
                    Part = (long)part,
                },
                cancellationToken
            )
        )?.Content;

    private async Task<IReadOnlyList<Deployment>> ReadAsync(
        string where,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await readers.ListAsync<DeploymentRow>(
            $"""
            SELECT forge_uid, repository_id, environment, generation, commit_id, run, rolled_back_because, moved_by, moved_at
            FROM deployment WHERE {where}
            """,
            parameters,
            cancellationToken
        );
        return [.. rows.Select(row => row.ToDeployment())];
    }

    private record DeploymentRow
    {
        public required string ForgeUid { get; init; }
        public long RepositoryId { get; init; }
        public required string Environment { get; init; }
        public long Generation { get; init; }
        public required string CommitId { get; init; }
        public string? Run { get; init; }
        public string? RolledBackBecause { get; init; }
        public required string MovedBy { get; init; }
        public long MovedAt { get; init; }

        public Deployment ToDeployment() =>
            new(
                new DeployPlace(new RepositoryKey(ForgeUid, RepositoryId), Environment),
                Generation,
                Core.Forges.CommitId.Parse(CommitId),
                MovedBy,
                Times.Read(MovedAt)
            )
            {
                Run = Run is null ? null : new RunId(Run),
                RolledBackBecause = RolledBackBecause,
            };
    }

    private sealed record FollowedRow : DeploymentRow
    {
        public required string Owner { get; init; }
        public required string Name { get; init; }
    }

    private sealed record PackRow
    {
        public long Number { get; init; }
        public required string CommitId { get; init; }
        public long Size { get; init; }
        public required string Sha256 { get; init; }
    }

    private sealed record PartRow
    {
        public required byte[] Content { get; init; }
    }

    private sealed record BlockRow
    {
        public required string Reason { get; init; }
        public required string BlockedBy { get; init; }
        public long BlockedAt { get; init; }
    }
}
