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
        long? before,
        CancellationToken cancellationToken
    )
    {
        if (await sight.DeliveriesAsync(actor, cancellationToken) is not { } within)
            return await work.ReadQuarantinedAsync(limit, before, cancellationToken);
        var newest = await work.ReadQuarantinedAsync(MostLookedAt, before, cancellationToken);
        return [.. newest.Where(set => Sight.RepositoryOf(set.Item) is { } key && within.Contains(key)).Take(limit)];
    }

    /// <summary>Null when it is not there, or not for this actor to see.</summary>
    public async Task<QuarantinedItem?> FindAsync(Actor actor, long id, CancellationToken cancellationToken)
    {
        var found = await work.FindQuarantinedAsync(id, cancellationToken);
        if (found is null || await sight.DeliveriesAsync(actor, cancellationToken) is not { } within)
            return found;
        return Sight.RepositoryOf(found.Item) is { } key && within.Contains(key) ? found : null;
    }
}
