using Bascule.Core.Deployments;
using Bascule.Core.Promotions;

namespace Bascule.Server.Promotions;

/// <summary>The moves of an alias, the newest first, and what they say of versions.</summary>
internal sealed class PromotionHistory(IReadOnlyList<Promotion> moves)
{
    public const int Most = 100;

    public IReadOnlyList<Promotion> Moves => moves;

    /// <summary>Where the alias was left; null when it was never moved.</summary>
    public Promotion? Now => moves.Count > 0 ? moves[0] : null;

    /// <summary>Why somebody went back from that version; null when nobody did.</summary>
    public string? WhyLeft(string version) =>
        moves
            .Zip(moves.Skip(1))
            .Where(pair => pair.First.IsRollback && pair.Second.Version == version)
            .Select(pair => pair.First.RolledBackBecause)
            .FirstOrDefault();

    /// <summary>The last move before this one to another version that nobody went back from; null when there is none.</summary>
    public async Task<Promotion?> FindGoodAsync(IDeploymentStore deployments, CancellationToken cancellationToken)
    {
        foreach (var earlier in moves.Skip(1))
        {
            if (earlier.Version is not { } version || version == moves[0].Version || WhyLeft(version) is not null)
                continue;
            var place = new DeployPlace(earlier.Repository, earlier.Place.Environment);
            if (await deployments.FindBlockAsync(place, earlier.Commit, cancellationToken) is null)
                return earlier;
        }
        return null;
    }
}
