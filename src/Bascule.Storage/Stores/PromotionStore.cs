using Bascule.Core.Forges;
using Bascule.Core.Promotions;
using Bascule.Core.Runs;

namespace Bascule.Storage.Stores;

internal sealed class PromotionStore(IReaders readers) : IPromotionStore
{
    private const string IsNewest = """
        NOT EXISTS (SELECT 1 FROM promotion later
                    WHERE later.environment = promotion.environment AND later.model = promotion.model AND later.alias = promotion.alias
                      AND later.generation > promotion.generation)
        """;

    public async Task<Promotion?> FindAsync(PromotionPlace place, CancellationToken cancellationToken) =>
        await ReadHistoryAsync(place, limit: 1, cancellationToken) is [var newest] ? newest : null;

    public Task<IReadOnlyList<Promotion>> ListAsync(string? environment, CancellationToken cancellationToken) =>
        ReadAsync(
            $"{IsNewest}{(environment is null ? "" : " AND environment = @Environment")} ORDER BY environment, model, alias",
            new { Environment = environment },
            cancellationToken
        );

    public Task<IReadOnlyList<Promotion>> ReadHistoryAsync(
        PromotionPlace place,
        int limit,
        CancellationToken cancellationToken
    ) =>
        ReadAsync(
            "environment = @Environment AND model = @Model AND alias = @Alias ORDER BY generation DESC LIMIT @Limit",
            new
            {
                place.Environment,
                place.Model,
                place.Alias,
                Limit = limit,
            },
            cancellationToken
        );

    private async Task<IReadOnlyList<Promotion>> ReadAsync(
        string where,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await readers.ListAsync<PromotionRow>(
            $"SELECT * FROM promotion WHERE {where}",
            parameters,
            cancellationToken
        );
        return [.. rows.Select(row => row.ToPromotion())];
    }

    private sealed record PromotionRow
    {
        public required string Environment { get; init; }
        public required string Model { get; init; }
        public required string Alias { get; init; }
        public long Generation { get; init; }
        public string? Version { get; init; }
        public required string ForgeUid { get; init; }
        public long RepositoryId { get; init; }
        public required string CommitId { get; init; }
        public string? Producer { get; init; }
        public required string Run { get; init; }
        public string? Replaced { get; init; }
        public string? RolledBackBecause { get; init; }
        public required string MovedBy { get; init; }
        public long MovedAt { get; init; }

        public Promotion ToPromotion() =>
            new(
                new PromotionPlace(Environment, Model, Alias),
                Generation,
                Version,
                new RunId(Run),
                MovedBy,
                Times.Read(MovedAt)
            )
            {
                Repository = new RepositoryKey(ForgeUid, RepositoryId),
                Commit = Core.Forges.CommitId.Parse(CommitId),
                Producer = Producer is null ? null : new RunId(Producer),
                Replaced = Replaced,
                RolledBackBecause = RolledBackBecause,
            };
    }
}
