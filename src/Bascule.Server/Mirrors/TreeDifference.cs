using Bascule.Connectors.Git;
using Bascule.Core;

namespace Bascule.Server.Mirrors;

/// <summary>
/// Paths that differ between two trees, as <c>git diff-tree -r --no-renames --name-only</c> lists them, without starting it: equal folders are
/// never opened, and the same reading of a tree decides what runs and what is sent (THREATS T71).
/// </summary>
internal sealed class TreeDifference(ObjectReader reader, MirrorOptions options)
{
    private readonly List<string> _paths = [];
    private int _entries;

    /// <param name="before">Null for nothing: then every path of <paramref name="after"/> differs.</param>
    public async Task<Result<IReadOnlyList<string>>> BetweenAsync(
        string? before,
        string after,
        CancellationToken cancellationToken
    )
    {
        var pairs = before == after ? [] : new List<Pair> { new("", before, after) };
        for (var depth = 0; pairs.Count > 0; depth++)
        {
            if (depth > options.MaxTreeDepth)
                return Problem.Exceeded($"the tree is deeper than {options.MaxTreeDepth} folders");
            var ids = pairs.SelectMany(pair => new[] { pair.Before, pair.After }).OfType<string>();
            var read = await reader.ReadTreesAsync(ids, options.Trees, cancellationToken);
            if (read.Failed(out var problem))
                return problem;
            var below = new List<Pair>();
            foreach (var pair in pairs)
            {
                Compare(pair, Items(read.Value, pair.Before), Items(read.Value, pair.After), below);
                if (_entries > options.MaxTreeEntries)
                    return Problem.Exceeded($"more than {options.MaxTreeEntries} files and folders differ");
            }
            pairs = below;
        }
        _paths.Sort(StringComparer.Ordinal);
        return Result.Of<IReadOnlyList<string>>(_paths);
    }

    private static List<TreeItem> Items(IReadOnlyDictionary<string, List<TreeItem>> trees, string? id) =>
        id is null ? [] : trees[id];

    private void Compare(Pair pair, List<TreeItem> before, List<TreeItem> after, List<Pair> below)
    {
        _entries += before.Count + after.Count;
        var olds = new Dictionary<string, TreeItem>();
        foreach (var item in before)
            olds[Key(item)] = item;
        foreach (var now in after)
        {
            olds.Remove(Key(now), out var old);
            if (old is null || !old.IsSame(now))
                Differ(pair.Path, old, now, below);
        }
        foreach (var gone in olds.Values)
            Differ(pair.Path, gone, null, below);
    }

    private void Differ(string folder, TreeItem? old, TreeItem? now, List<Pair> below)
    {
        var path = TreePath.Join(folder, (now ?? old)!.Text);
        if (old is { IsFolder: false } || now is { IsFolder: false })
            _paths.Add(path);
        if (old is { IsFolder: true } || now is { IsFolder: true })
            below.Add(new Pair(path, Folder(old), Folder(now)));
    }

    private static string? Folder(TreeItem? item) => item is { IsFolder: true } ? item.Id : null;

    /// <summary>Names as Latin-1: one character for each byte, whatever they are.</summary>
    private static string Key(TreeItem item) => System.Text.Encoding.Latin1.GetString(item.Name);

    private sealed record Pair(string Path, string? Before, string? After);
}
