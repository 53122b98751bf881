using System.Collections.Concurrent;
using Bascule.Core;
using Bascule.Core.Audit;

namespace Bascule.Connectors.Platforms.Databricks.Content;

/// <summary>
/// Removes uploads that nothing needs: older than a week, not among a repository's newest, in no active run of the workspace. When anything is
/// unclear, it stays.
/// </summary>
internal sealed class ContentCollection(
    DatabricksWorkspace workspace,
    DatabricksJobs jobs,
    FolderUse use,
    TimeProvider time
)
{
    private const int KeptNewest = 5;
    private const int MostRead = 200;
    private const int ContentIdLength = 64;
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(7);
    private static readonly TimeSpan Between = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _last = new();

    /// <summary>At most once an hour for each repository; what goes wrong is said and costs the run nothing.</summary>
    public Task CollectAsync(
        DatabricksSession session,
        string repository,
        Action<string> progress,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        if (_last.TryGetValue(repository, out var last) && now - last < Between)
            return Task.CompletedTask;
        return use.WhenAloneAsync(
            repository,
            async () =>
            {
                _last[repository] = now;
                var removed = await RemoveAsync(session, repository, now - KeptFor, cancellationToken);
                if (removed.Failed(out var problem))
                    progress($"old uploads were not collected: {problem.Message}");
                else if (removed.Value > 0)
                    progress($"removed {removed.Value} old uploads from {repository}");
            },
            cancellationToken
        );
    }

    private async Task<Result<int>> RemoveAsync(
        DatabricksSession session,
        string repository,
        DateTimeOffset before,
        CancellationToken cancellationToken
    )
    {
        var contents = await ListAsync(session, repository, cancellationToken);
        if (contents.Failed(out var problem))
            return problem;
        if (contents.Value.Count <= KeptNewest)
            return 0;
        var dated = new List<(string Name, DateTimeOffset At)>();
        foreach (var name in contents.Value.Take(MostRead))
        {
            var marker = await workspace.ReadAsync(
                session,
                $"{repository}/{name}/{ContentFolder.MarkerName}",
                cancellationToken
            );
            if (marker.Failed(out problem))
                return problem;
            if (marker.Value is { } bytes && ContentMarker.Parse(bytes) is { } found && found.Content == name)
                dated.Add((name, found.At));
        }
        var old = dated.OrderByDescending(item => item.At).Skip(KeptNewest).Where(item => item.At < before);
        return await RemoveUnusedAsync(
            session,
            repository,
            [.. old.Select(item => item.Name)],
            before,
            cancellationToken
        );
    }

    private async Task<Result<int>> RemoveUnusedAsync(
        DatabricksSession session,
        string repository,
        List<string> old,
        DateTimeOffset before,
        CancellationToken cancellationToken
    )
    {
        if (old.Count == 0)
            return 0;
        var active = await jobs.ListActiveAsync(session, cancellationToken);
        if (active.Failed(out var problem))
            return problem;
        var unused = old.Where(name => !active.Value.Any(page => page.Contains(name, StringComparison.Ordinal)))
            .ToList();
        foreach (var name in unused)
        {
            var deleted = await DeleteAsync(session, $"{repository}/{name}", cancellationToken);
            if (deleted.Failed(out problem))
                return problem;
        }
        var packs = await RemovePacksAsync(session, repository, before, cancellationToken);
        return packs.Failed(out problem) ? problem : unused.Count;
    }

    /// <summary>Old packs that no manifest names. A manifest that cannot be read may name any.</summary>
    private async Task<Result<Done>> RemovePacksAsync(
        DatabricksSession session,
        string repository,
        DateTimeOffset before,
        CancellationToken cancellationToken
    )
    {
        var folder = ContentFolder.PacksOf(repository);
        var listed = await workspace.ListAsync(session, folder, cancellationToken);
        if (listed.Failed(out var problem))
            return problem;
        var limit = before.ToUnixTimeMilliseconds();
        var old = (listed.Value ?? [])
            .Where(pack => pack.IsFile && pack.ModifiedAt < limit)
            .Select(pack => pack.Name)
            .ToHashSet();
        if (old.Count == 0)
            return Result.Done;
        // Listed after the packs: an upload that names one of them has its manifest there by now.
        var contents = await ListAsync(session, repository, cancellationToken);
        if (contents.Failed(out problem))
            return problem;
        foreach (var name in contents.Value)
        {
            var manifest = await workspace.ReadAsync(
                session,
                $"{repository}/{name}/{ContentFolder.ManifestName}",
                cancellationToken
            );
            if (manifest.Failed(out problem))
                return problem;
            if (manifest.Value is not { } bytes)
                continue;
            if (PackManifest.PacksOf(bytes) is not { } needed)
                return Result.Done;
            old.ExceptWith(needed);
        }
        foreach (var name in old)
        {
            var deleted = await DeleteAsync(session, $"{folder}/{name}", cancellationToken);
            if (deleted.Problem is not null)
                return deleted;
        }
        return Result.Done;
    }

    /// <summary>The folders that are named as contents are.</summary>
    private async Task<Result<List<string>>> ListAsync(
        DatabricksSession session,
        string repository,
        CancellationToken cancellationToken
    )
    {
        var listed = await workspace.ListAsync(session, repository, cancellationToken);
        return listed.Failed(out var problem)
            ? problem
            : (listed.Value ?? [])
                .Where(item =>
                    item.IsDirectory && item.Name.Length == ContentIdLength && item.Name.All(char.IsAsciiHexDigitLower)
                )
                .Select(item => item.Name)
                .ToList();
    }

    private Task<Result<Done>> DeleteAsync(
        DatabricksSession session,
        string path,
        CancellationToken cancellationToken
    ) =>
        session.Audit!.CallAsync(
            "databricks.workspace.delete",
            path,
            null,
            stop => workspace.DeleteAsync(session, path, stop),
            cancellationToken
        );
}
