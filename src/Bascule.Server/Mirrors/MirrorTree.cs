using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Bascule.Core.Content;

namespace Bascule.Server.Mirrors;

/// <summary>A tree whose every byte was hashed when it was read; files are read again from the mirror when they are asked for.</summary>
internal sealed class MirrorTree(
    IReadOnlyList<TreeEntry> entries,
    IReadOnlyDictionary<string, Digest> digests,
    Func<TreeEntry, CancellationToken, Task<ReadOnlyMemory<byte>>> read
) : IContentTree
{
    public IReadOnlyList<TreeEntry> Entries => entries;

    public string TreeDigest { get; } = Hash(entries, digests);

    public string DigestOf(TreeEntry entry) => digests[entry.Path].ToString();

    /// <exception cref="ArgumentException">The entry is a submodule: its bytes are in another repository.</exception>
    public Task<ReadOnlyMemory<byte>> ReadAsync(TreeEntry entry, CancellationToken cancellationToken) =>
        entry.Kind is TreeEntryKind.Submodule
            ? throw new ArgumentException($"'{entry.Path}' is a submodule and has no bytes here", nameof(entry))
            : read(entry, cancellationToken);

    /// <summary>For each entry in order: length of the path as 4 bytes big-endian, the path, one byte for the kind, 32 bytes of digest.</summary>
    private static string Hash(IReadOnlyList<TreeEntry> entries, IReadOnlyDictionary<string, Digest> digests)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("bascule tree 1\n"u8);
        Span<byte> length = stackalloc byte[sizeof(int)];
        Span<byte> tail = stackalloc byte[1 + Digest.Bytes];
        foreach (var entry in entries)
        {
            var path = Encoding.UTF8.GetBytes(entry.Path);
            BinaryPrimitives.WriteInt32BigEndian(length, path.Length);
            tail[0] = Letter(entry.Kind);
            digests[entry.Path].CopyTo(tail[1..]);
            hash.AppendData(length);
            hash.AppendData(path);
            hash.AppendData(tail);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static byte Letter(TreeEntryKind kind) =>
        kind switch
        {
            TreeEntryKind.File => (byte)'f',
            TreeEntryKind.Executable => (byte)'x',
            TreeEntryKind.Symlink => (byte)'l',
            TreeEntryKind.Submodule => (byte)'m',
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind of entry"),
        };
}
