using System.Collections.Concurrent;
using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Core.Deployments;
using Bascule.Core.Forges;
using Bascule.Server.Events;
using Bascule.Server.Mirrors;

namespace Bascule.Server.Deployments;

/// <summary>What is deployed, on this replica's disk: <c>deployed/ENVIRONMENT/FORGE/ID.git</c>, brought from the store or the mirror.</summary>
internal sealed class DeployedRepositories(
    DeploymentOptions options,
    MirrorOptions mirrors,
    RepositoryLookup lookup,
    DeployedPacks packs
) : IDisposable
{
    private readonly ConcurrentDictionary<DeployPlace, Lazy<DeployedRepository>> _open = new();
    private readonly GitCommand _git = new(mirrors.Running);

    /// <summary>The repository of a place with its ref at that commit.</summary>
    public async Task<Result<DeployedRepository>> BringAsync(
        DeployPlace place,
        CommitId commit,
        CancellationToken cancellationToken
    )
    {
        var folder = MirrorFolder.Of(Path.Join(options.Folder, place.Environment), place.Repository);
        if (folder.Failed(out var nameless))
            return nameless;
        var made = new Lazy<DeployedRepository>(() => new(place, folder.Value, _git, mirrors));
        var repository = _open.GetOrAdd(place, made).Value;
        var brought = await repository.BringAsync(
            commit,
            (into, cancel) => packs.RestoreAsync(into, place, commit, cancel),
            cancel => FindAsync(place.Repository, commit, cancel),
            cancellationToken
        );
        return brought.Failed(out var problem) ? problem : repository;
    }

    public void Dispose()
    {
        foreach (var opened in _open.Values.Where(opened => opened.IsValueCreated))
            opened.Value.Dispose();
    }

    /// <summary>The mirror, once it has the commit: a mirror is a cache, and may have to ask the forge.</summary>
    private async Task<Result<string>> FindAsync(
        RepositoryKey repository,
        CommitId commit,
        CancellationToken cancellationToken
    )
    {
        var opened = await lookup.OpenAsync(repository, cancellationToken);
        if (opened.Failed(out var unopened))
            return unopened;
        var described = await opened.Value.Mirror.DescribeAsync(commit, cancellationToken);
        if (described.Failed(out var missing))
            return missing;
        var folder = MirrorFolder.Of(mirrors.Folder, repository);
        return folder.Failed(out var nameless) ? nameless : folder.Value.Path;
    }
}
