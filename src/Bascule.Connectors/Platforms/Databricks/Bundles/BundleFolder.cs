using Bascule.Connectors.Platforms.Sending;
using Bascule.Core;
using Bascule.Core.Content;

namespace Bascule.Connectors.Platforms.Databricks.Bundles;

/// <summary>
/// A folder that only Bascule's own account can look into, for one use of the CLI: the exact tree of the commit without any Git data, a home, and the run's token
/// outside of the tree. All of it is gone when it is disposed.
/// </summary>
internal sealed class BundleFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bascule-bundle-"); // 0700

    private BundleFolder()
    {
        foreach (var folder in new[] { Tree, Home, Programs })
            Directory.CreateDirectory(folder);
    }

    public string Tree => Path.Join(_folder.FullName, "tree");

    public string Home => Path.Join(_folder.FullName, "home");

    /// <summary>Stays empty: the only PATH of the CLI, so that no shell and no interpreter is found.</summary>
    public string Programs => Path.Join(_folder.FullName, "programs");

    public string Token => Path.Join(_folder.FullName, "token");

    public string Plan => Path.Join(_folder.FullName, "plan.json");

    /// <summary>Is never there: no settings of a person, and none of the commit, say who logs in.</summary>
    public string NoSettings => Path.Join(_folder.FullName, "no-settings");

    /// <summary>Symbolic links, submodules and LFS pointers stay behind.</summary>
    public static async Task<Result<BundleFolder>> MakeAsync(
        IContentTree tree,
        PointerSearch pointers,
        CancellationToken cancellationToken
    )
    {
        var folder = new BundleFolder();
        try
        {
            foreach (var entry in tree.Entries)
                if (await pointers.ReasonToLeaveAsync(entry, tree, cancellationToken) is null)
                    await folder.WriteAsync(entry, tree, cancellationToken);
            return folder;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            folder.Dispose();
            return Problem.Unavailable($"the bundle's files cannot be written on Bascule's host: {problem.Message}");
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        try
        {
            _folder.Delete(recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Gone already.
        }
    }

    private async Task WriteAsync(TreeEntry entry, IContentTree tree, CancellationToken cancellationToken)
    {
        if (!SendablePath.IsRelative(entry.Path))
            throw new IOException($"'{Outbound.StatusProblem.Clean(entry.Path)}' is not a path below the tree");
        var file = Path.Join(Tree, entry.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write);
        await stream.WriteAsync(await tree.ReadAsync(entry, cancellationToken), cancellationToken);
    }
}
