using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Server.Connections;
using Bascule.Server.Mirrors;

namespace Bascule.Server.Events;

/// <summary>A repository with everything needed to look at it.</summary>
internal sealed record OpenRepository(
    RepositoryKey Key,
    ConnectedForge Connection,
    ForgeRepository Repository,
    IMirror Mirror
)
{
    public IForge Forge => Connection.Forge;

    public GitAccess Access => Forge.AccessTo(Repository);
}

/// <summary>Opens repositories by what they are, not by what a payload calls them (THREATS T17, T40).</summary>
internal sealed class RepositoryLookup(IRepositoryStore repositories, ForgeConnections forges, IMirrors mirrors)
{
    public async Task<Result<OpenRepository>> OpenAsync(RepositoryKey key, CancellationToken cancellationToken)
    {
        if (forges.Find(key.ForgeUid) is not { } connection)
            return Problem.NotFound(
                $"no forge of the settings is bound to '{key.ForgeUid}'; add it back to bascule.yaml"
            );
        if (await repositories.FindAsync(key, cancellationToken) is not { } repository)
            return Problem.NotFound(
                $"repository {key.Id} of forge '{connection.Name}' is not connected; run `bascule connect`"
            );
        var mirror = await mirrors.OpenAsync(key, cancellationToken);
        if (mirror.Failed(out var problem))
            return problem;
        var completing = new CompletingMirror(mirror.Value, connection.Forge.AccessTo(repository));
        return new OpenRepository(key, connection, repository, completing);
    }

    /// <summary>
    /// For what changes something at the forge: by what the repository is, not by its name. Another one may have that by now, and nothing is pushed to it (THREATS
    /// T40).
    /// </summary>
    public async Task<Result<OpenRepository>> OpenConfirmedAsync(RepositoryKey key, CancellationToken cancellationToken)
    {
        var opened = await OpenAsync(key, cancellationToken);
        if (opened.Failed(out var problem))
            return problem;
        var same = await ConfirmAsync(opened.Value, cancellationToken);
        return same.Failed(out var other) ? other : opened;
    }

    /// <summary>
    /// Asks the forge for the repository under its last known name and checks that it still is the same one. Denied when another repository has taken
    /// the name.
    /// </summary>
    public static async Task<Result<ForgeRepository>> ConfirmAsync(
        OpenRepository repository,
        CancellationToken cancellationToken
    )
    {
        var known = repository.Repository;
        var found = await repository.Forge.FindRepositoryAsync(known.Owner, known.Name, cancellationToken);
        if (found.Failed(out var problem))
            return problem;
        return found.Value.Id == repository.Key.Id
            ? found
            : Problem.Denied(
                $"'{known.FullName}' is another repository now (id {found.Value.Id}, was {repository.Key.Id}); run `bascule connect`"
            );
    }
}
