using System.Globalization;
using System.Text;
using Bascule.Connectors.Yaml;
using Bascule.Core.Content;

namespace Bascule.Connectors.Platforms.ApiManagement.Source;

/// <summary>One file that belongs to a resource, as text and as it was.</summary>
/// <param name="Path">In the repository.</param>
internal sealed record SourceFile(string Path, SourcePlace Place, ReadOnlyMemory<byte> Bytes, string Text);

/// <summary>Takes files out of a tree: limits first, then what may not stand there, then their text.</summary>
internal sealed class SourceFiles(IContentTree tree, ApimFolder folder, ApimFindings findings)
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Sorted by path. Empty, with a finding, when there are too many or they are too large: nothing is read then.</summary>
    public async Task<IReadOnlyList<SourceFile>> ReadAsync(CancellationToken cancellationToken)
    {
        var wanted = Wanted();
        if (!AreWithinLimits(wanted))
            return [];
        List<SourceFile> files = [];
        foreach (var (entry, place) in wanted)
        {
            var bytes = await tree.ReadAsync(entry, cancellationToken);
            if (DecodeOf(entry.Path, bytes.Span) is { } text)
                files.Add(new SourceFile(entry.Path, place, bytes, text));
        }
        return files;
    }

    private List<(TreeEntry Entry, SourcePlace Place)> Wanted()
    {
        List<(TreeEntry, SourcePlace)> wanted = [];
        foreach (var entry in tree.Entries)
        {
            if (PlaceOf(entry.Path) is not { } place || place.Purpose is FilePurpose.Ignored)
                continue;
            if (place.Purpose is FilePurpose.Overrides && !IsWanted(place))
                continue;
            if (IsTaken(entry, place))
                wanted.Add((entry, place));
        }
        return wanted;
    }

    /// <summary>Overrides are often kept at the top of the repository, beside the folder.</summary>
    private SourcePlace? PlaceOf(string path)
    {
        if (folder.Below(path) is { } below)
            return SourcePlace.Of(below);
        return
            !path.Contains('/', StringComparison.Ordinal)
            && SourcePlace.OverridesOf(path) is { Length: > 0 } environment
            ? new SourcePlace(FilePurpose.Overrides, null, [environment])
            : null;
    }

    private bool IsWanted(SourcePlace place) => place.Names[0] == folder.Environment;

    private bool IsTaken(TreeEntry entry, SourcePlace place)
    {
        if (entry.Kind is TreeEntryKind.Submodule)
            findings.Error(
                entry.Path,
                1,
                ApimRule.Submodule,
                "is a submodule: its files are in another repository, and nobody checks them here; keep the files themselves"
            );
        else if (entry.Kind is TreeEntryKind.Symlink)
            findings.Error(entry.Path, 1, ApimRule.Link, "is a symbolic link; keep the file itself");
        else if (place.Purpose is FilePurpose.NotDeployed)
            findings.Error(
                entry.Path,
                1,
                ApimRule.Layout,
                "is not deployed by Bascule, and would be taken for deployed; remove it from the folder"
            );
        else if (place.Purpose is FilePurpose.Unknown)
            findings.Error(
                entry.Path,
                1,
                ApimRule.Layout,
                "is no file of the layout; correct its name, letter for letter, or move it out of the folder"
            );
        else
            return true;
        return false;
    }

    private bool AreWithinLimits(List<(TreeEntry Entry, SourcePlace Place)> wanted)
    {
        var limits = folder.Limits;
        var all = tree.Entries.Count(entry => folder.Below(entry.Path) is not null);
        if (all > limits.Files)
            return Refuse(
                folder.Path,
                $"holds {all} files, and {limits.Files} are taken; nothing in it was read: keep other files out of the folder"
            );
        var large = wanted.Where(one => one.Entry.Size > limits.FileBytes).Select(one => one.Entry).ToList();
        foreach (var entry in large)
            Refuse(entry.Path, $"has {entry.Size} bytes, and {limits.FileBytes} are taken; split it");
        var total = wanted.Sum(one => one.Entry.Size);
        if (total > limits.TotalBytes)
            return Refuse(
                folder.Path,
                $"holds {total} bytes, and {limits.TotalBytes} are taken; nothing in it was read: keep other files out of the folder"
            );
        wanted.RemoveAll(one => large.Contains(one.Entry));
        return true;
    }

    private bool Refuse(string path, FormattableString text)
    {
        findings.Error(path, 1, ApimRule.Size, text.ToString(CultureInfo.InvariantCulture));
        return false;
    }

    private string? DecodeOf(string path, ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("version https://git-lfs.github.com/spec/v1"u8))
            findings.Error(
                path,
                1,
                ApimRule.Pointer,
                "is a Git LFS pointer, not the content itself; take it out of LFS (git lfs untrack, then add it again)"
            );
        else if (bytes.StartsWith(Encoding.UTF8.Preamble))
            findings.Error(path, 1, ApimRule.Encoding, "begins with a byte order mark; save it as UTF-8 without one");
        else if (DecodeOf(bytes) is not { } text)
            findings.Error(path, 1, ApimRule.Encoding, "is not valid UTF-8; save it as UTF-8");
        else if (YamlText.FindInvisible(text) is { } found)
            findings.Error(
                path,
                found.Line,
                ApimRule.Encoding,
                $"holds the invisible character {found.Name}, which makes it look other than it is; delete it"
            );
        else
            return text;
        return null;
    }

    private static string? DecodeOf(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
