using System.Collections.Concurrent;
using Bascule.Core.Forges;
using Bascule.Core.Work;

namespace Bascule.Server.Events;

/// <summary>
/// Remembers which deliveries a look at a ref has answered already: all those that were stored before it began (THREATS T149). Only this replica's looks,
/// and only while the ref is recorded where the look saw it: a look whose result was not stored answers nothing, nor does one before another replica's.
/// </summary>
internal sealed class RefLooks(IWorkStore store, IRepositoryStore repositories)
{
    private const int MaxRefs = 10_000;
    private readonly ConcurrentDictionary<string, Look> _looks = new(StringComparer.Ordinal);

    /// <summary>The newest row in line for this ref, read before the look begins.</summary>
    public async Task<long> BeginAsync(WorkItem item, CancellationToken cancellationToken) =>
        await store.ReadLastAsync(item.Lane, cancellationToken) ?? item.Id;

    /// <param name="last">What <see cref="BeginAsync"/> answered.</param>
    public void End(WorkItem item, long last, CommitId? tip)
    {
        if (_looks.Count >= MaxRefs)
            _looks.Clear();
        _looks[item.Lane] = new Look(item.Id, last, tip);
    }

    /// <summary>Where the look that answers this row saw the ref; null when the row needs a look of its own.</summary>
    public async Task<RefLook?> FindAsync(
        WorkItem item,
        RepositoryKey repository,
        RefName name,
        CancellationToken cancellationToken
    )
    {
        if (!_looks.TryGetValue(item.Lane, out var look) || item.Id <= look.First || item.Id > look.Last)
            return null;
        var known = await repositories.FindRefAsync(repository, name, cancellationToken);
        return known is not null && known.Tip == look.Tip ? new RefLook(look.Tip) : null;
    }

    /// <param name="First">The row that looked.</param>
    /// <param name="Last">The last row that was stored by then.</param>
    private sealed record Look(long First, long Last, CommitId? Tip);
}

/// <param name="Tip">Null when the forge had no such ref.</param>
internal sealed record RefLook(CommitId? Tip);
