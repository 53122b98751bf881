using System.Buffers.Binary;

namespace Bascule.Core.Audit.Searching;

/// <summary>
/// The inverted index of a block of entries: for each term of each entry one posting of six bytes, its digest and the entry's place in the block, in order.
/// A block is written once, when it is full, and follows from its entries alone.
/// </summary>
public static class Postings
{
    /// <summary>Entries of a block. Those behind the last full one are looked through one by one.</summary>
    public const int BlockSize = 4096;

    private const int DigestBytes = 4;
    private const int PostingBytes = DigestBytes + 2;
    private const int PlaceBits = 12;

    /// <summary>The lists of a block, by their numbers.</summary>
    /// <param name="block">Its entries, all of them, in order.</param>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Of(IReadOnlyList<AuditRecord> block)
    {
        if (block.Count != BlockSize)
            throw new ArgumentException($"a block has {BlockSize} entries", nameof(block));
        var lists = new List<long>[TermKey.Lists];
        for (var list = 0; list < lists.Length; list++)
            lists[list] = [];
        for (var place = 0; place < block.Count; place++)
            foreach (var key in EntryTerms.Of(block[place].Entry).Select(TermKey.Of))
                lists[key.List].Add(((long)key.Digest << PlaceBits) | (uint)place);
        return [.. lists.Select(Write)];
    }

    /// <summary>Places in the block, from 0, the last first, of entries that may have the term.</summary>
    public static IEnumerable<int> Find(ReadOnlyMemory<byte> list, TermKey key)
    {
        for (var number = CountUpTo(list.Span, key.Digest) - 1; number >= 0; number--)
        {
            var posting = list.Span[(number * PostingBytes)..];
            if (BinaryPrimitives.ReadUInt32BigEndian(posting) != key.Digest)
                yield break;
            yield return BinaryPrimitives.ReadUInt16BigEndian(posting[DigestBytes..]);
        }
    }

    private static ReadOnlyMemory<byte> Write(List<long> postings)
    {
        postings.Sort();
        var written = new byte[postings.Count * PostingBytes];
        for (var number = 0; number < postings.Count; number++)
        {
            var target = written.AsSpan(number * PostingBytes);
            BinaryPrimitives.WriteUInt32BigEndian(target, (uint)(postings[number] >> PlaceBits));
            BinaryPrimitives.WriteUInt16BigEndian(target[DigestBytes..], (ushort)(postings[number] & (BlockSize - 1)));
        }
        return written;
    }

    /// <summary>How many postings have this digest or a lower one.</summary>
    private static int CountUpTo(ReadOnlySpan<byte> list, uint digest)
    {
        var (low, high) = (0, list.Length / PostingBytes);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (BinaryPrimitives.ReadUInt32BigEndian(list[(middle * PostingBytes)..]) <= digest)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
