using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.Reconcile;
using Bascule.Core.Work;
using Bascule.Server.Events;

namespace Bascule.Server.Connect;

/// <summary>
/// Notes where the refs of a newly connected repository stand, so that the first push after it is a move and not a beginning. Refs that Bascule knows
/// already and that have moved meanwhile are looked at: nothing that happened while it was away is lost.
/// </summary>
internal sealed class RefBaseline(IRepositoryStore repositories, IWorkStore store, TimeProvider time)
{
    /// <summary>Where the refs stand now; taken before the webhook is registered, so that whatever moves later is seen as moved.</summary>
    public static Task<Result<IReadOnlyDictionary<RefName, CommitId>>> ReadAsync(
        OpenRepository repository,
        CancellationToken cancellationToken
    ) => repository.Mirror.ListRemoteAsync(repository.Access, cancellationToken);

    /// <returns>How many refs were noted, and how many are looked at because they have moved.</returns>
    public async Task<Result<(int Noted, int Moved)>> RecordAsync(
        OpenRepository repository,
        IReadOnlyDictionary<RefName, CommitId> before,
        CancellationToken cancellationToken
    )
    {
        var after = await ReadAsync(repository, cancellationToken);
        if (after.Failed(out var problem))
            return problem;
        var readAt = time.GetUtcNow();
        var (noted, moved) = (0, 0);
        foreach (var (name, tip) in before.Where(entry => entry.Key.IsBranch || entry.Key.IsTag))
        {
            if (await repositories.FindRefAsync(repository.Key, name, cancellationToken) is null)
                noted += await NoteAsync(repository.Key, name, tip, cancellationToken);
        }
        foreach (var name in before.Keys.Union(after.Value.Keys).Where(name => name.IsBranch || name.IsTag))
        {
            var tip = after.Value.TryGetValue(name, out var now) ? now : (CommitId?)null;
            var known = await repositories.FindRefAsync(repository.Key, name, cancellationToken);
            if (known?.Tip == tip)
                continue;
            moved++;
            _ = await store.ApplyAsync([LookHandler.At(repository.Key, name, time.GetUtcNow())], cancellationToken);
        }
        var compared = await store.ApplyAsync(
            [new SaveComparison(First(repository, after.Value, readAt))],
            cancellationToken
        );
        return compared.Failed(out var unsaved) ? unsaved : (noted, moved);
    }

    /// <summary>From here on the repository is compared with the forge. Not settled: it may move this very second.</summary>
    private static RepositoryComparison First(
        OpenRepository repository,
        IReadOnlyDictionary<RefName, CommitId> refs,
        DateTimeOffset readAt
    ) =>
        new(repository.Key)
        {
            AskedAt = readAt,
            ComparedAt = readAt,
            Hint = repository.Repository.UpdatedAt,
            PullRequestsBefore = refs.Keys.Max(name => name.PullRequestNumber) ?? 0,
        };

    private async Task<int> NoteAsync(
        RepositoryKey key,
        RefName name,
        CommitId tip,
        CancellationToken cancellationToken
    )
    {
        var update = new RefUpdate(
            key,
            name,
            Generation: 1,
            Before: null,
            tip,
            RefMove.Created,
            By: null,
            Delivery: null,
            time.GetUtcNow()
        );
        // A conflict means that a delivery was quicker: then the ref is known.
        var recorded = await store.ApplyAsync([new RecordRefUpdate(update)], cancellationToken);
        return recorded.Problem is null ? 1 : 0;
    }
}
