using System.Security.Cryptography;
using System.Text;
using Bascule.Core.Content;

namespace Bascule.Connectors.Platforms.Sending;

/// <summary>A tree whose notebooks have lost their outputs. What is not one of them is that of the commit.</summary>
internal sealed class StrippedTree : IContentTree
{
    private readonly IContentTree _tree;
    private readonly IReadOnlyDictionary<string, FoundNotebook> _changed;

    /// <summary>As they are in the commit, by path: whoever reads them there is told their true size.</summary>
    private readonly Dictionary<string, TreeEntry> _committed;

    /// <param name="changed">By path.</param>
    public StrippedTree(IContentTree tree, IReadOnlyDictionary<string, FoundNotebook> changed)
    {
        _tree = tree;
        _changed = changed;
        _committed = tree.Entries.Where(entry => changed.ContainsKey(entry.Path)).ToDictionary(entry => entry.Path);
        Entries =
        [
            .. tree.Entries.Select(entry =>
                changed.TryGetValue(entry.Path, out var found) ? entry with { Size = found.Size } : entry
            ),
        ];
        TreeDigest = Digest();
    }

    public IReadOnlyList<TreeEntry> Entries { get; }

    public string TreeDigest { get; }

    public string DigestOf(TreeEntry entry) =>
        _changed.TryGetValue(entry.Path, out var found) ? found.Digest : _tree.DigestOf(entry);

    public async Task<ReadOnlyMemory<byte>> ReadAsync(TreeEntry entry, CancellationToken cancellationToken)
    {
        if (!_committed.TryGetValue(entry.Path, out var committed))
            return await _tree.ReadAsync(entry, cancellationToken);
        var content = await _tree.ReadAsync(committed, cancellationToken);
        return NotebookSearch.Strip(content.Span);
    }

    /// <summary>Of the commit's tree and of each notebook that differs from it.</summary>
    private string Digest()
    {
        var text = new StringBuilder("bascule stripped tree 1\n").Append(_tree.TreeDigest).Append('\n');
        foreach (var (path, found) in _changed.OrderBy(item => item.Key, StringComparer.Ordinal))
            text.Append(found.Digest).Append(' ').Append(path).Append('\n');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
