using Bascule.Core.People;
using Bascule.Core.Work;

namespace Bascule.Server.Access;

/// <summary>Work that was set aside, as far as somebody may see it.</summary>
internal sealed class SetAsideWork(IWorkStore work, Sight sight)
{
    /// <summary>There is little of it, as a rule; of the newest so many, those of other repositories are left out.</summary>
    private const int MostLookedAt = 1000;

    public async Task<IReadOnlyList<QuarantinedItem>> ReadAsync(
        Actor actor,
        int limit,
        CancellationToken cancellationToken
    )
    {
        if (await sight.DeliveriesAsync(actor, cancellationToken) is not { } within)
            return await work.ReadQuarantinedAsync(limit, cancellationToken);
        var newest = await work.ReadQuarantinedAsync(MostLookedAt, cancellationToken);
        return [.. newest.Where(set => Sight.RepositoryOf(set.Item) is { } key && within.Contains(key)).Take(limit)];
    }
}
