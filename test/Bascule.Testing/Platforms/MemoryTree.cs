using System.Security.Cryptography;
using System.Text;
using Bascule.Core.Content;

namespace Bascule.Testing.Platforms;

/// <summary>An exact tree in memory.</summary>
public sealed class MemoryTree : IContentTree
{
    private readonly Dictionary<string, (TreeEntry Entry, byte[] Bytes)> _files = [];

    public IReadOnlyList<TreeEntry> Entries =>
        [.. _files.Values.Select(file => file.Entry).OrderBy(entry => entry.Path, StringComparer.Ordinal)];

    public string TreeDigest =>
        Digest(
            Encoding.UTF8.GetBytes(
                string.Join('\n', Entries.Select(entry => $"{entry.Kind} {DigestOf(entry)} {entry.Path}"))
            )
        );

    /// <summary>A content id that depends on the tree alone.</summary>
    public ContentId Content => new(Digest(Encoding.UTF8.GetBytes($"content {TreeDigest}")));

    /// <summary>How often an entry's bytes were asked for.</summary>
    public int Reads { get; private set; }

    public static MemoryTree Of(params ReadOnlySpan<(string Path, string Text)> files)
    {
        var tree = new MemoryTree();
        foreach (var (path, text) in files)
            tree.Add(path, text);
        return tree;
    }

    public MemoryTree Add(string path, string text, TreeEntryKind kind = TreeEntryKind.File) =>
        Add(path, Encoding.UTF8.GetBytes(text), kind);

    public MemoryTree Add(string path, byte[] bytes, TreeEntryKind kind = TreeEntryKind.File)
    {
        _files[path] = (new TreeEntry(path, kind, Digest(bytes)[..40], bytes.Length), bytes);
        return this;
    }

    public string DigestOf(TreeEntry entry) => Digest(_files[entry.Path].Bytes);

    public Task<ReadOnlyMemory<byte>> ReadAsync(TreeEntry entry, CancellationToken cancellationToken)
    {
        Reads++;
        return Task.FromResult<ReadOnlyMemory<byte>>(_files[entry.Path].Bytes);
    }

    private static string Digest(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
