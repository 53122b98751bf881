using System.Collections.Concurrent;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;

namespace Bascule.Server.GitProxy.Lfs;

/// <summary>
/// Who has shown that they have an object, by sending its bytes. A file that points to it may then be pushed by them; otherwise a pointer to something hidden would
/// make it readable, for whoever has only heard its name (THREATS T88). Of this replica, for a day: what is forgotten is sent again.
/// </summary>
internal sealed class LfsProofs(TimeProvider time)
{
    private const int MostRemembered = 200_000;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);
    private readonly ConcurrentDictionary<
        (string Holder, RepositoryKey Repository, string Oid),
        DateTimeOffset
    > _shown = new();

    public void Note(GitPass pass, LfsPointer pointer)
    {
        if (_shown.Count >= MostRemembered)
            _shown.Clear();
        _shown[(pass.Holder.Uid, pass.Repository, pointer.Oid)] = time.GetUtcNow() + Kept;
    }

    public bool Has(GitPass pass, LfsPointer pointer) =>
        _shown.TryGetValue((pass.Holder.Uid, pass.Repository, pointer.Oid), out var until) && time.GetUtcNow() < until;
}
