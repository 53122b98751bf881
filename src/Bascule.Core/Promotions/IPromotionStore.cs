namespace Bascule.Core.Promotions;

/// <summary>Where aliases were left, and where they were before.</summary>
public interface IPromotionStore
{
    /// <summary>Where the alias was left; null when Bascule never moved it.</summary>
    Task<Promotion?> FindAsync(PromotionPlace place, CancellationToken cancellationToken);

    /// <summary>The newest move of each alias, by environment, model and alias.</summary>
    /// <param name="environment">Null for all of them.</param>
    Task<IReadOnlyList<Promotion>> ListAsync(string? environment, CancellationToken cancellationToken);

    /// <summary>The moves of one alias, newest first.</summary>
    Task<IReadOnlyList<Promotion>> ReadHistoryAsync(
        PromotionPlace place,
        int limit,
        CancellationToken cancellationToken
    );
}
