using System.Globalization;
using Bascule.Connectors.Outbound;
using Bascule.Connectors.Platforms.AzureML.Service;
using Bascule.Connectors.Platforms.Sending;
using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Notebooks;

namespace Bascule.Connectors.Platforms.AzureML.Code;

/// <summary>What of a tree can be sent, or why it cannot be sent at all.</summary>
/// <param name="Folder">Of the tree, empty for all of it; the files' paths begin with it.</param>
/// <param name="Files">Sorted by path.</param>
/// <param name="Warnings">Every entry that stays behind is named.</param>
/// <param name="Sent">What their bytes are read from.</param>
internal sealed record SendableCode(
    string Folder,
    IReadOnlyList<TreeEntry> Files,
    IReadOnlyList<string> Warnings,
    SentTree Sent
)
{
    public long Bytes => Files.Sum(file => file.Size);

    /// <summary>Where a file is once it is sent.</summary>
    public string PathOf(TreeEntry file) => Folder.Length == 0 ? file.Path : file.Path[(Folder.Length + 1)..];

    public static async Task<Result<SendableCode>> CheckAsync(
        IContentTree commit,
        string folder,
        NotebookOutputs outputs,
        TreeSearches searches,
        CancellationToken cancellationToken
    )
    {
        // Before a byte is read.
        if (TooMany(EntriesOf(commit, folder)) is { } many)
            return many;
        var sent = await SentTree.OfAsync(commit, EntriesOf(commit, folder), outputs, searches, cancellationToken);
        if (sent.Failed(out var refused))
            return refused;
        var tree = sent.Value.Tree;
        var entries = EntriesOf(tree, folder);
        if (FindFault(entries, folder) is { } fault)
            return fault;
        var warnings = new List<string>();
        var files = new List<TreeEntry>(entries.Count);
        foreach (var entry in entries)
            if (await searches.Pointers.ReasonToLeaveAsync(entry, tree, cancellationToken) is { } reason)
                warnings.Add($"{entry.Path} {reason}");
            else
                files.Add(entry);
        return new SendableCode(folder, files, warnings, sent.Value);
    }

    private static IReadOnlyList<TreeEntry> EntriesOf(IContentTree tree, string folder) =>
        folder.Length == 0
            ? tree.Entries
            : [.. tree.Entries.Where(entry => entry.Path.StartsWith(folder + "/", StringComparison.Ordinal))];

    private static Problem? TooMany(IReadOnlyList<TreeEntry> entries) =>
        entries.Count > AzureMlDefaults.MaxFiles
            ? Problem.Invalid(
                $"the tree has {entries.Count} entries and Bascule sends at most {AzureMlDefaults.MaxFiles}; narrow it with root:"
            )
            : null;

    private static Problem? FindFault(IReadOnlyList<TreeEntry> entries, string folder)
    {
        if (entries.Count == 0)
            return Problem.Invalid($"the folder '{folder}' holds no files at this commit; correct code:");
        if (entries.FirstOrDefault(entry => entry.Size > AzureMlDefaults.MaxFileBytes) is { } large)
            return Problem.Invalid(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{large.Path} has {large.Size} bytes and Bascule sends files of at most {AzureMlDefaults.MaxFileBytes}; keep data in a data asset, or narrow the tree with root:"
                )
            );
        if (entries.FirstOrDefault(entry => !SendablePath.IsRelative(entry.Path) || IsAmbiguous(entry.Path)) is { } odd)
            return Problem.Invalid(
                $"'{StatusProblem.Clean(odd.Path)}' is a path that a container cannot hold; rename it"
            );
        return SendablePath.Collision(entries.Select(entry => entry.Path)) is var (one, other)
            ? Problem.Invalid(
                $"'{one}' and '{other}' differ in letter case only, and may become one file there; rename one"
            )
            : null;
    }

    /// <summary>A blob's name is part of an address, where a backslash is a slash and a full stop at the end of a folder is nothing.</summary>
    private static bool IsAmbiguous(string path) =>
        path.Contains('\\', StringComparison.Ordinal) || path.Split('/').Any(name => name.EndsWith('.'));
}
