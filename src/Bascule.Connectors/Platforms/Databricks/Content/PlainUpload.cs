using System.Globalization;
using Bascule.Connectors.Platforms.Sending;
using Bascule.Core;
using Bascule.Core.Content;

namespace Bascule.Connectors.Platforms.Databricks.Content;

/// <summary>Sends files one by one, as files and notebooks that people can read there.</summary>
/// <param name="isOurs">A marker says that the folder is ours, so what else lies in it may be overwritten.</param>
internal sealed class PlainUpload(
    DatabricksWorkspace workspace,
    DatabricksSession session,
    CodeShipment shipment,
    IContentTree tree,
    bool isOurs,
    Action<string> progress
)
{
    private const int Width = 8;

    public async Task<Result<Done>> SendAsync(CancellationToken cancellationToken)
    {
        var laidOut = await LayOutAsync(cancellationToken);
        if (laidOut.Failed(out var problem))
            return problem;
        var there = await ListAllAsync(shipment.Folder.Path, "", cancellationToken);
        if (there.Failed(out problem))
            return problem;
        if (!isOurs && Stranger(laidOut.Value, there.Value) is { } stranger)
            return Problem.Conflict(
                $"the workspace folder {shipment.Folder.Path} holds '{stranger}', which Bascule did not put there; "
                    + "see who wrote there, then remove the folder"
            );
        var missing = laidOut.Value.Where(item => !IsThere(item, there.Value)).ToList();
        progress(Say(missing, laidOut.Value.Count));
        var made = await SideBySide.RunAsync(Folders(laidOut.Value), Width, MakeAsync, cancellationToken);
        return made.Problem is null ? await SideBySide.RunAsync(missing, Width, SendAsync, cancellationToken) : made;
    }

    private async Task<Result<List<Item>>> LayOutAsync(CancellationToken cancellationToken)
    {
        var items = new List<Item>();
        foreach (var file in shipment.Tree.Files)
        {
            var content = NotebookFormat.DependsOnContent(file.Path)
                ? await tree.ReadAsync(file, cancellationToken)
                : default;
            var format = NotebookFormat.Of(file.Path, content.Span);
            var path = format.IsNotebook ? NotebookFormat.WithoutExtension(file.Path) : file.Path;
            items.Add(new Item(file, path, format));
        }
        var twice = items.GroupBy(item => item.Path).FirstOrDefault(group => group.Skip(1).Any())?.Key;
        if ((twice ?? Obstacle(items)) is { } name)
            return Problem.Invalid(
                $"notebooks lose their extension, and then two things are called '{name}'; rename one"
            );
        return SendablePath.Collision(items.Select(item => item.Path)) is var (one, other)
            ? Problem.Invalid(
                $"notebooks lose their extension, and then '{one}' and '{other}' differ in letter case only; rename one"
            )
            : items;
    }

    /// <summary>A file where another needs a folder.</summary>
    private static string? Obstacle(List<Item> items)
    {
        var folders = items.Select(item => SendablePath.Parent(item.Path)).SelectMany(Ancestors).ToHashSet();
        return items.FirstOrDefault(item => folders.Contains(item.Path))?.Path;
    }

    private static IEnumerable<string> Ancestors(string folder)
    {
        for (; folder.Length > 0; folder = SendablePath.Parent(folder))
            yield return folder;
    }

    /// <summary>What an interrupted upload left, by path from the folder; empty when there is nothing yet.</summary>
    private async Task<Result<Dictionary<string, WorkspaceObject>>> ListAllAsync(
        string folder,
        string prefix,
        CancellationToken cancellationToken
    )
    {
        var found = new Dictionary<string, WorkspaceObject>();
        var listed = await workspace.ListAsync(session, folder, cancellationToken);
        if (listed.Failed(out var problem))
            return problem;
        foreach (var item in listed.Value ?? [])
        {
            found[prefix + item.Name] = item;
            if (!item.IsDirectory)
                continue;
            var below = await ListAllAsync($"{folder}/{item.Name}", $"{prefix}{item.Name}/", cancellationToken);
            if (below.Failed(out problem))
                return problem;
            foreach (var (path, entry) in below.Value)
                found[path] = entry;
        }
        return found;
    }

    private static string? Stranger(List<Item> items, Dictionary<string, WorkspaceObject> there)
    {
        var files = items.Select(item => item.Path).ToHashSet();
        var folders = items.SelectMany(item => Ancestors(SendablePath.Parent(item.Path))).ToHashSet();
        return there.FirstOrDefault(found => !(found.Value.IsDirectory ? folders : files).Contains(found.Key)).Key;
    }

    /// <summary>
    /// One import is stored whole or not at all, and the folder is named by the content: a file of the right size there is this file. Notebooks
    /// have no size, and are sent again.
    /// </summary>
    private static bool IsThere(Item item, Dictionary<string, WorkspaceObject> there) =>
        there.TryGetValue(item.Path, out var found)
        && found.IsFile
        && !item.Format.IsNotebook
        && found.Size == item.File.Size;

    /// <summary>The deepest ones: each is made with its parents.</summary>
    private List<string> Folders(List<Item> items)
    {
        var all = items.Select(item => SendablePath.Parent(item.Path)).ToHashSet();
        var parents = all.SelectMany(folder => Ancestors(SendablePath.Parent(folder))).ToHashSet();
        return
        [
            .. all.Where(folder => folder.Length > 0 && !parents.Contains(folder)).DefaultIfEmpty("").Select(Absolute),
        ];
    }

    private string Absolute(string path) => path.Length == 0 ? shipment.Folder.Path : $"{shipment.Folder.Path}/{path}";

    private Task<Result<Done>> MakeAsync(string folder, CancellationToken cancellationToken) =>
        workspace.MakeDirectoryAsync(session, folder, cancellationToken);

    private async Task<Result<Done>> SendAsync(Item item, CancellationToken cancellationToken) =>
        await workspace.ImportAsync(
            session,
            Absolute(item.Path),
            item.Format,
            await tree.ReadAsync(item.File, cancellationToken),
            cancellationToken
        );

    private string Say(List<Item> missing, int all) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"sending {missing.Count} of {all} files ({missing.Sum(item => item.File.Size)} bytes) to {shipment.Folder.Path}"
        );

    /// <param name="Path">From the folder, without a notebook's extension.</param>
    private sealed record Item(TreeEntry File, string Path, ImportFormat Format);
}
