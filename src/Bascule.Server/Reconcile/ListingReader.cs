using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.Work;
using Bascule.Server.Connections;

namespace Bascule.Server.Reconcile;

/// <summary>Reads the forge's own list of repositories, a page at a time: what has changed its time may have moved, what has changed its name is followed.</summary>
internal sealed class ListingReader(IRepositoryStore repositories)
{
    public async Task<Result<(IReadOnlyList<Change> Changes, bool IsLast)>> ReadAsync(
        ConnectedForge forge,
        int page,
        CancellationToken cancellationToken
    )
    {
        var listed = await forge.Forge.ListRepositoriesAsync(page, cancellationToken);
        if (listed.Failed(out var problem))
            return problem;
        var changes = new List<Change>();
        foreach (var repository in listed.Value.Repositories.Where(found => forge.Takes(found.FullName)))
        {
            var key = new RepositoryKey(forge.Uid, repository.Id);
            var known = await repositories.FindAsync(key, cancellationToken);
            if (known is not null && known != Stored(repository))
                changes.Add(new SaveRepository(key, repository));
        }
        return (changes, listed.Value.IsLast);
    }

    /// <summary>As it comes back from the store: milliseconds in UTC.</summary>
    private static ForgeRepository Stored(ForgeRepository repository) =>
        repository with
        {
            UpdatedAt = repository.UpdatedAt is { } at
                ? DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds())
                : null,
        };
}
