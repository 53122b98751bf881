using System.Globalization;
using System.Text;
using Bascule.Core;
using Bascule.Core.Content;

namespace Bascule.Connectors.Platforms.Databricks.Content;

/// <summary>What of a tree can be sent, or why it cannot be sent at all.</summary>
/// <param name="Files">Sorted by path.</param>
/// <param name="Warnings">Every entry that stays behind is named.</param>
internal sealed record SendableTree(IReadOnlyList<TreeEntry> Files, IReadOnlyList<string> Warnings)
{
    private const int MostNames = 5;

    /// <summary>A pointer file of Git LFS has less than 1,024 bytes (its specification), and no less than its three lines need.</summary>
    private const int SmallestPointer = 100;
    private const int LargestPointer = 1024;

    public long Bytes => Files.Sum(file => file.Size);

    public static async Task<Result<SendableTree>> CheckAsync(
        IContentTree tree,
        DatabricksTask task,
        CancellationToken cancellationToken
    )
    {
        if (tree.Entries.Count > DatabricksDefaults.MaxFiles)
            return Problem.Invalid(
                $"the tree has {tree.Entries.Count} entries and Bascule sends at most {DatabricksDefaults.MaxFiles}; narrow it with root:"
            );
        if (FindFault(tree.Entries) is { } fault)
            return fault;
        var warnings = new List<string>();
        var files = new List<TreeEntry>(tree.Entries.Count);
        foreach (var entry in tree.Entries)
            if (await ReasonToLeaveAsync(entry, tree, cancellationToken) is { } reason)
                warnings.Add($"{entry.Path} {reason}");
            else
                files.Add(entry);
        var sendable = new SendableTree(files, warnings);
        return await sendable.FindFaultAsync(task, tree, cancellationToken) is { } problem ? problem : sendable;
    }

    /// <summary>The file that is to run must be there, whole, and of the kind that the workflow says.</summary>
    private async Task<Problem?> FindFaultAsync(
        DatabricksTask task,
        IContentTree tree,
        CancellationToken cancellationToken
    )
    {
        if (Files.FirstOrDefault(file => file.Path == task.File) is not { } program)
            return Problem.Invalid(
                Warnings.FirstOrDefault(text => text.StartsWith(task.File + " ", StringComparison.Ordinal))
                    is { } reason
                    ? $"the task's file {reason}"
                    : $"the task's file '{task.File}' is not in the tree; correct the path, which starts at the workflow's root"
            );
        var content = await tree.ReadAsync(program, cancellationToken);
        var isNotebook = NotebookFormat.Of(program.Path, content.Span).IsNotebook;
        return (isNotebook, task.Notebook is not null) switch
        {
            (true, false) => Problem.Invalid($"'{program.Path}' is a notebook; write notebook: {program.Path}"),
            (false, true) => Problem.Invalid(
                $"'{program.Path}' is no notebook: it is not .ipynb, and its first line is not \"# {NotebookFormat.HeaderText}\"; "
                    + $"write python: {program.Path}, or add the line"
            ),
            _ => null,
        };
    }

    private static Problem? FindFault(IReadOnlyList<TreeEntry> entries)
    {
        var large = entries.Where(entry => entry.Size > DatabricksDefaults.MaxFileBytes).ToList();
        if (large.Count > 0)
            return Problem.Invalid(
                $"Databricks takes files of at most {DatabricksDefaults.MaxFileBytes} bytes (10 MB as base64), and there are larger ones: {Name(large)}; "
                    + "keep them in a volume, or narrow the tree with root:"
            );
        if (entries.FirstOrDefault(entry => !WorkspacePath.IsRelative(entry.Path)) is { } odd)
            return Problem.Invalid($"'{Clean(odd.Path)}' is a path that a workspace cannot hold; rename it");
        if (entries.FirstOrDefault(entry => entry.Path == ContentFolder.MarkerName) is not null)
            return Problem.Invalid(
                $"'{ContentFolder.MarkerName}' is Bascule's own name for its marker; rename the file"
            );
        return Collision(entries.Select(entry => entry.Path)) is var (one, other)
            ? Problem.Invalid(
                $"'{one}' and '{other}' differ in letter case only, and may become one file there; rename one"
            )
            : null;
    }

    /// <summary>Two paths, or two folders on the way to them, that a case-insensitive reader takes for one (THREATS T74).</summary>
    public static (string One, string Other)? Collision(IEnumerable<string> paths)
    {
        var seen = new Dictionary<string, string>();
        foreach (var path in paths)
            for (var part = path; part.Length > 0; part = WorkspacePath.Parent(part))
            {
                if (seen.TryAdd(Fold(part), part))
                    continue;
                if (seen[Fold(part)] is var other && other != part)
                    return (other, part);
                break;
            }
        return null;
    }

    private static async Task<string?> ReasonToLeaveAsync(
        TreeEntry entry,
        IContentTree tree,
        CancellationToken cancellationToken
    ) =>
        entry.Kind switch
        {
            TreeEntryKind.Symlink => "is a symbolic link and is left out; replace it with the file it means",
            TreeEntryKind.Submodule => "is a submodule and is left out; copy what is needed into the repository",
            _ when await IsPointerAsync(entry, tree, cancellationToken) =>
                "is a Git LFS pointer without its bytes and is left out; commit the file itself, or keep it in a volume",
            _ => null,
        };

    private static async Task<bool> IsPointerAsync(
        TreeEntry entry,
        IContentTree tree,
        CancellationToken cancellationToken
    ) =>
        entry.Size is >= SmallestPointer and < LargestPointer
        && (await tree.ReadAsync(entry, cancellationToken)).Span.StartsWith(
            "version https://git-lfs.github.com/spec/v1"u8
        );

    private static string Fold(string path) => path.Normalize(NormalizationForm.FormC).ToUpperInvariant();

    private static string Name(List<TreeEntry> entries) =>
        string.Join(
            ", ",
            entries
                .Take(MostNames)
                .Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Path} ({entry.Size} bytes)"))
        ) + (entries.Count > MostNames ? $" and {entries.Count - MostNames} more" : "");

    private static string Clean(string path) => Outbound.StatusProblem.Clean(path);
}
