using System.Text;
using Bascule.Core.Content;

namespace Bascule.Connectors.Platforms.Airflow.Gate.Discovery;

/// <summary>Where a link leads.</summary>
internal enum LinkEnd
{
    File,
    Folder,
    Missing,
    Outside,
    Endless,
}

/// <summary>
/// Follows symbolic links within the tree, component by component as the system does: <c>a/../b</c> is not <c>b</c> where <c>a</c> is a link (THREATS T65).
/// </summary>
internal sealed class DagLinks(IReadOnlyList<DagFile> files)
{
    private const int MostSteps = 40;
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private readonly Dictionary<string, DagFile> _files = files.ToDictionary(file => file.Path);
    private readonly HashSet<string> _folders = FoldersOf(files);

    /// <summary>The file that a link leads to, where it leads to one.</summary>
    public (LinkEnd End, DagFile? File) Follow(DagFile link)
    {
        var at = new List<string>(Split(link.Folder));
        var left = new Stack<string>();
        var steps = 0;
        if (!Push(link, left))
            return (LinkEnd.Outside, null);
        while (left.TryPop(out var part))
        {
            if (part is "" or ".")
                continue;
            if (part is "..")
            {
                if (at.Count == 0)
                    return (LinkEnd.Outside, null);
                at.RemoveAt(at.Count - 1);
                continue;
            }
            at.Add(part);
            if (!_files.TryGetValue(string.Join('/', at), out var next) || next.Kind is not TreeEntryKind.Symlink)
                continue;
            if (++steps > MostSteps)
                return (LinkEnd.Endless, null);
            at.RemoveAt(at.Count - 1);
            if (!Push(next, left))
                return (LinkEnd.Outside, null);
        }
        return EndAt(string.Join('/', at));
    }

    /// <summary>The target as it is written, or null when it is no text.</summary>
    public static string? TargetOf(DagFile link)
    {
        try
        {
            return link.Bytes is { IsEmpty: false } bytes ? Strict.GetString(bytes.Span) : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private (LinkEnd End, DagFile? File) EndAt(string path)
    {
        if (_files.TryGetValue(path, out var file))
            return file.Kind is TreeEntryKind.Submodule ? (LinkEnd.Outside, null) : (LinkEnd.File, file);
        return (path.Length == 0 || _folders.Contains(path) ? LinkEnd.Folder : LinkEnd.Missing, null);
    }

    /// <summary>False for what leaves the tree by itself: an absolute path, or a target that is no text.</summary>
    private static bool Push(DagFile link, Stack<string> left)
    {
        if (TargetOf(link) is not { } target || target.StartsWith('/'))
            return false;
        foreach (var part in Enumerable.Reverse(target.Split('/')))
            left.Push(part);
        return true;
    }

    private static string[] Split(string folder) => folder.Length == 0 ? [] : folder.Split('/');

    private static HashSet<string> FoldersOf(IReadOnlyList<DagFile> files)
    {
        HashSet<string> folders = [];
        foreach (var file in files)
            for (var folder = file.Folder; folder.Length > 0 && folders.Add(folder); )
                folder = DagFile.FolderOf(folder);
        return folders;
    }
}
