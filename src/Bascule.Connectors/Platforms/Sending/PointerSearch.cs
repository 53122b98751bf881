using System.Collections.Concurrent;
using Bascule.Core.Content;

namespace Bascule.Connectors.Platforms.Sending;

/// <summary>Finds Git LFS pointers by their bytes, and remembers which bytes were looked at: a large tree is read once, not at every push.</summary>
internal sealed class PointerSearch
{
    /// <summary>A pointer has less than 1,024 bytes (specification of Git LFS), and no less than its three lines need.</summary>
    private const int Smallest = 100;
    private const int Largest = 1024;

    private const int Remembered = 50_000;

    private readonly ConcurrentDictionary<string, bool> _known = new();

    /// <summary>Why an entry has no bytes to send, as a sentence about it goes on; null when it has.</summary>
    public async Task<string?> ReasonToLeaveAsync(
        TreeEntry entry,
        IContentTree tree,
        CancellationToken cancellationToken
    ) =>
        entry.Kind switch
        {
            TreeEntryKind.Symlink => "is a symbolic link and is left out; replace it with the file it means",
            TreeEntryKind.Submodule => "is a submodule and is left out; copy what is needed into the repository",
            _ when await IsPointerAsync(entry, tree, cancellationToken) =>
                "is a Git LFS pointer without its bytes and is left out; commit the file itself, or keep it outside the repository",
            _ => null,
        };

    public async Task<bool> IsPointerAsync(TreeEntry entry, IContentTree tree, CancellationToken cancellationToken)
    {
        if (entry.Size is < Smallest or >= Largest)
            return false;
        var digest = tree.DigestOf(entry);
        if (_known.TryGetValue(digest, out var known))
            return known;
        var content = await tree.ReadAsync(entry, cancellationToken);
        var isPointer = content.Span.StartsWith("version https://git-lfs.github.com/spec/v1"u8);
        if (_known.Count >= Remembered)
            _known.Clear();
        return _known[digest] = isPointer;
    }
}
