using Bascule.Core.Promotions;

namespace Bascule.Testing.Runs;

/// <summary>Promotions in memory, the oldest first.</summary>
public sealed class FakePromotionStore : IPromotionStore
{
    public IList<Promotion> Moves { get; } = [];

    public Task<Promotion?> FindAsync(PromotionPlace place, CancellationToken cancellationToken) =>
        Task.FromResult(Moves.LastOrDefault(move => move.Place == place));

    public Task<IReadOnlyList<Promotion>> ListAsync(string? environment, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Promotion>>([
            .. Moves
                .Where(move => environment is null || move.Place.Environment == environment)
                .GroupBy(move => move.Place)
                .Select(place => place.Last()),
        ]);

    public Task<IReadOnlyList<Promotion>> ReadHistoryAsync(
        PromotionPlace place,
        int limit,
        CancellationToken cancellationToken
    ) => Task.FromResult<IReadOnlyList<Promotion>>([.. Moves.Where(move => move.Place == place).Reverse().Take(limit)]);
}
