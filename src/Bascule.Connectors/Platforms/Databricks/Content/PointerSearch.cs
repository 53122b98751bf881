using System.Collections.Concurrent;
using Bascule.Core.Content;

namespace Bascule.Connectors.Platforms.Databricks.Content;

/// <summary>Finds Git LFS pointers by their bytes, and remembers which bytes were looked at: a large tree is read once, not at every push.</summary>
internal sealed class PointerSearch
{
    /// <summary>A pointer has less than 1,024 bytes (specification of Git LFS), and no less than its three lines need.</summary>
    private const int Smallest = 100;
    private const int Largest = 1024;

    private const int Remembered = 50_000;

    private readonly ConcurrentDictionary<string, bool> _known = new();

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
