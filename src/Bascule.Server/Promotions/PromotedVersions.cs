using Bascule.Core.Promotions;
using Bascule.Core.Runs;

namespace Bascule.Server.Promotions;

/// <summary>Finds what is promoted of what a workflow trains, by where Bascule left the aliases.</summary>
internal sealed class PromotedVersions(IPromotionStore promotions, IRunStore runs) : IPromotedVersions
{
    public async Task<PromotedVersion?> FindAsync(Run run, CancellationToken cancellationToken)
    {
        var left = await promotions.ListAsync(environment: null, cancellationToken);
        var candidates = left.Where(one => one.Repository == run.Repository && one.Producer is not null)
            .OrderByDescending(one => one.Place.Environment == run.Environment)
            .ThenByDescending(one => one.At);
        foreach (var promotion in candidates)
            if (
                promotion.Version is { } version
                && await runs.FindAsync(promotion.Producer!.Value, cancellationToken) is { } producer
                && producer.Workflow == run.Workflow
            )
                return new PromotedVersion(
                    promotion.Place.Model,
                    version,
                    promotion.Place.Alias,
                    promotion.Place.Environment,
                    producer
                );
        return null;
    }
}
