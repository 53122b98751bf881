using Bascule.Core;
using Bascule.Core.Content;

namespace Bascule.Connectors.Git;

public sealed record TreeLeaf(string Path, TreeEntryKind Kind, string Id);

/// <summary>
/// Everything below one tree, folder level by folder level: a level costs one exchange with git however many folders it has. A tree that
/// contains itself many times over (THREATS T70) ends at the bound of entries, before it costs more than that.
/// </summary>
public sealed class TreeWalk(ObjectReader reader, TreeLimits limits)
{
    public async Task<Result<List<TreeLeaf>>> LeavesAsync(string tree, CancellationToken cancellationToken)
    {
        var leaves = new List<TreeLeaf>();
        var folders = new List<(string Path, string Id)> { ("", tree) };
        var entries = 0;
        for (var depth = 0; folders.Count > 0; depth++)
        {
            if (depth > limits.MaxDepth)
                return Problem.Exceeded($"'{Shown(folders[0].Path)}' lies deeper than {limits.MaxDepth} folders");
            var read = await reader.ReadTreesAsync(folders.Select(folder => folder.Id), limits, cancellationToken);
            if (read.Failed(out var problem))
                return problem;
            var below = new List<(string, string)>();
            foreach (var (path, id) in folders)
            {
                entries += read.Value[id].Count;
                if (entries > limits.MaxEntries)
                    return Problem.Exceeded($"the tree has more than {limits.MaxEntries} files and folders");
                if (TreeNames.Check(path, read.Value[id]) is { } refusal)
                    return refusal;
                Take(path, read.Value[id], leaves, below);
            }
            folders = below;
        }
        return leaves;
    }

    /// <summary>The item at a path, or null; links and submodules on the way are not followed.</summary>
    public async Task<Result<TreeItem?>> FindAsync(
        string tree,
        IReadOnlyList<byte[]> path,
        CancellationToken cancellationToken
    )
    {
        var at = new TreeItem(null, [], tree);
        foreach (var name in path)
        {
            if (!at.IsFolder)
                return Result.Of<TreeItem?>(null);
            var read = await reader.ReadTreesAsync([at.Id], limits, cancellationToken);
            if (read.Failed(out var problem))
                return problem;
            if (read.Value[at.Id].Find(item => item.Name.AsSpan().SequenceEqual(name)) is not { } next)
                return Result.Of<TreeItem?>(null);
            at = next;
        }
        return Result.Of<TreeItem?>(at);
    }

    private static void Take(
        string folder,
        List<TreeItem> items,
        List<TreeLeaf> leaves,
        List<(string Path, string Id)> below
    )
    {
        foreach (var item in items)
        {
            var path = TreePath.Join(folder, item.Text);
            if (item.Kind is { } kind)
                leaves.Add(new TreeLeaf(path, kind, item.Id));
            else
                below.Add((path, item.Id));
        }
    }

    private static string Shown(string path) => UntrustedText.Line(path, 200);
}
