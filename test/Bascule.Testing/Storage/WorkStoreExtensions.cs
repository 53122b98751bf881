using Bascule.Core.Work;

namespace Bascule.Testing.Storage;

public static class WorkStoreExtensions
{
    /// <summary>What somebody who holds every shard can take now.</summary>
    public static Task<IReadOnlyList<WorkItem>> ReadDueAsync(
        this IWorkStore store,
        DateTimeOffset now,
        IReadOnlyCollection<string> busyLanes,
        int limit,
        CancellationToken cancellationToken
    ) =>
        store.ReadDueAsync(
            new DueWork(now, [.. Enumerable.Range(0, Shards.Count)], busyLanes, [], limit),
            cancellationToken
        );
}
