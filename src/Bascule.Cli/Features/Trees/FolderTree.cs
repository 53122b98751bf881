using System.Text;
using Bascule.Core;
using Bascule.Core.Content;

namespace Bascule.Cli.Features.Trees;

/// <summary>Files as they are on this machine, committed or not. Links are not followed; what git and Python put beside them is left out.</summary>
internal static class FolderTree
{
    private static readonly string[] LeftOut = [".git", "__pycache__"];

    /// <param name="root">Where the repository is.</param>
    /// <returns>NotFound when there is no such folder; Unavailable when something in it cannot be read.</returns>
    public static Result<IReadOnlyList<LocalFile>> Read(string root, LocalFolder folder, LocalLimits limits)
    {
        var top = Path.Combine(root, folder.Path);
        if (!Directory.Exists(top))
            return folder.Missing($"'{root}'");
        try
        {
            List<LocalFile> files = [];
            Add(new DirectoryInfo(top), "", limits, files);
            return files;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable($"'{top}' cannot be read: {problem.Message}");
        }
    }

    private static void Add(DirectoryInfo folder, string path, LocalLimits limits, List<LocalFile> files)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            var name = path.Length == 0 ? entry.Name : $"{path}/{entry.Name}";
            if (files.Count > limits.Files)
                return;
            if (entry.LinkTarget is { } target)
                files.Add(new LocalFile(name, TreeEntryKind.Symlink, 0, Encoding.UTF8.GetBytes(target)));
            else if (entry is DirectoryInfo below && !LeftOut.Contains(entry.Name))
                Add(below, name, limits, files);
            else if (entry is FileInfo file)
                files.Add(Read(file, name, limits, files));
        }
    }

    /// <summary>A file that says it is empty is not opened: a pipe says so too, and would be waited for.</summary>
    private static LocalFile Read(FileInfo file, string name, LocalLimits limits, List<LocalFile> before)
    {
        var size = file.Length;
        var isRead =
            limits.Wanted(name)
            && size <= limits.FileBytes
            && before.Sum(one => one.Bytes?.Length ?? 0) + size <= limits.TotalBytes;
        if (!isRead)
            return new LocalFile(name, TreeEntryKind.File, size, null);
        return new LocalFile(
            name,
            TreeEntryKind.File,
            size,
            size == 0 ? Array.Empty<byte>() : File.ReadAllBytes(file.FullName)
        );
    }
}
