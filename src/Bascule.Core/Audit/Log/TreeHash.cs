using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Bascule.Core.Audit.Log;

/// <summary>The SHA-256 of a leaf, a node or a whole tree (RFC 6962, section 2.1).</summary>
public readonly record struct TreeHash
{
    /// <summary>In bytes.</summary>
    public const int Length = 32;

    private const byte LeafMark = 0;
    private const byte NodeMark = 1;

    private readonly (ulong A, ulong B, ulong C, ulong D) _words;

    /// <param name="bytes">Exactly 32.</param>
    /// <exception cref="ArgumentException">They are not.</exception>
    public TreeHash(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
            throw new ArgumentException($"a hash has {Length} bytes", nameof(bytes));
        _words = (Word(bytes, 0), Word(bytes, 1), Word(bytes, 2), Word(bytes, 3));
    }

    /// <summary>Of a tree without leaves.</summary>
    public static TreeHash Empty { get; } = new(SHA256.HashData([]));

    /// <summary>The marks keep a leaf from being taken for a node.</summary>
    public static TreeHash OfLeaf(ReadOnlySpan<byte> entry)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([LeafMark]);
        hash.AppendData(entry);
        Span<byte> digest = stackalloc byte[Length];
        hash.GetHashAndReset(digest);
        return new TreeHash(digest);
    }

    public static TreeHash OfNode(TreeHash left, TreeHash right)
    {
        Span<byte> node = stackalloc byte[1 + (2 * Length)];
        node[0] = NodeMark;
        left.CopyTo(node[1..]);
        right.CopyTo(node[(1 + Length)..]);
        Span<byte> digest = stackalloc byte[Length];
        SHA256.HashData(node, digest);
        return new TreeHash(digest);
    }

    /// <summary>Null unless it is the base 64 of 32 bytes, padded, in the one way there is to write them.</summary>
    public static TreeHash? Parse(string text)
    {
        Span<byte> bytes = stackalloc byte[Length];
        if (!Convert.TryFromBase64String(text, bytes, out var length) || length != Length)
            return null;
        return Convert.ToBase64String(bytes) == text ? new TreeHash(bytes) : null;
    }

    public void CopyTo(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, _words.A);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], _words.B);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], _words.C);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[24..], _words.D);
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[Length];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>Base 64, as checkpoints and proofs write it.</summary>
    public override string ToString() => Convert.ToBase64String(ToBytes());

    private static ulong Word(ReadOnlySpan<byte> bytes, int number) =>
        BinaryPrimitives.ReadUInt64BigEndian(bytes[(number * sizeof(ulong))..]);
}
