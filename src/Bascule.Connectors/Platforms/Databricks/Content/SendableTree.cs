using System.Globalization;
using Bascule.Connectors.Platforms.Sending;
using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Notebooks;

namespace Bascule.Connectors.Platforms.Databricks.Content;

/// <summary>What of a tree can be sent, or why it cannot be sent at all.</summary>
/// <param name="Files">Sorted by path.</param>
/// <param name="Warnings">Every entry that stays behind is named.</param>
/// <param name="Sent">What their bytes are read from.</param>
internal sealed record SendableTree(IReadOnlyList<TreeEntry> Files, IReadOnlyList<string> Warnings, SentTree Sent)
{
    private const int MostNames = 5;

    public long Bytes => Files.Sum(file => file.Size);

    public static async Task<Result<SendableTree>> CheckAsync(
        IContentTree commit,
        DatabricksTask task,
        NotebookOutputs outputs,
        TreeSearches searches,
        CancellationToken cancellationToken
    )
    {
        if (commit.Entries.Count > DatabricksDefaults.MaxFiles)
            return Problem.Invalid(
                $"the tree has {commit.Entries.Count} entries and Bascule sends at most {DatabricksDefaults.MaxFiles}; narrow it with root:"
            );
        var sent = await SentTree.OfAsync(commit, commit.Entries, outputs, searches, cancellationToken);
        if (sent.Failed(out var refused))
            return refused;
        var tree = sent.Value.Tree;
        if (FindFault(tree.Entries) is { } fault)
            return fault;
        var warnings = new List<string>();
        var files = new List<TreeEntry>(tree.Entries.Count);
        foreach (var entry in tree.Entries)
            if (await searches.Pointers.ReasonToLeaveAsync(entry, tree, cancellationToken) is { } reason)
                warnings.Add($"{entry.Path} {reason}");
            else
                files.Add(entry);
        var sendable = new SendableTree(files, warnings, sent.Value);
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
        if (entries.FirstOrDefault(entry => !SendablePath.IsRelative(entry.Path)) is { } odd)
            return Problem.Invalid($"'{Clean(odd.Path)}' is a path that a workspace cannot hold; rename it");
        if (entries.FirstOrDefault(entry => entry.Path == ContentFolder.MarkerName) is not null)
            return Problem.Invalid(
                $"'{ContentFolder.MarkerName}' is Bascule's own name for its marker; rename the file"
            );
        return SendablePath.Collision(entries.Select(entry => entry.Path)) is var (one, other)
            ? Problem.Invalid(
                $"'{one}' and '{other}' differ in letter case only, and may become one file there; rename one"
            )
            : null;
    }

    private static string Name(List<TreeEntry> entries) =>
        string.Join(
            ", ",
            entries
                .Take(MostNames)
                .Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Path} ({entry.Size} bytes)"))
        ) + (entries.Count > MostNames ? $" and {entries.Count - MostNames} more" : "");

    private static string Clean(string path) => Outbound.StatusProblem.Clean(path);
}
