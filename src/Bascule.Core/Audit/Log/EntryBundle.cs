using System.Buffers.Binary;

namespace Bascule.Core.Audit.Log;

/// <summary>A tile of entries: each is a length of two bytes, big-endian, and then its bytes (c2sp.org/tlog-tiles).</summary>
public static class EntryBundle
{
    private const int LengthBytes = sizeof(ushort);

    /// <exception cref="OverflowException">An entry has more than 65,535 bytes.</exception>
    public static byte[] Write(IReadOnlyCollection<ReadOnlyMemory<byte>> entries)
    {
        var bytes = new byte[entries.Sum(entry => LengthBytes + entry.Length)];
        var rest = bytes.AsSpan();
        foreach (var entry in entries)
        {
            BinaryPrimitives.WriteUInt16BigEndian(rest, checked((ushort)entry.Length));
            entry.Span.CopyTo(rest[LengthBytes..]);
            rest = rest[(LengthBytes + entry.Length)..];
        }
        return bytes;
    }

    /// <summary>Null where a length reaches beyond the end, or where there are more or fewer entries than the tile is wide.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>>? Read(ReadOnlyMemory<byte> bundle, int width)
    {
        var entries = new List<ReadOnlyMemory<byte>>(width);
        for (var rest = bundle; !rest.IsEmpty; )
        {
            if (rest.Length < LengthBytes || entries.Count == width)
                return null;
            var length = BinaryPrimitives.ReadUInt16BigEndian(rest.Span);
            if (rest.Length < LengthBytes + length)
                return null;
            entries.Add(rest.Slice(LengthBytes, length));
            rest = rest[(LengthBytes + length)..];
        }
        return entries.Count == width ? entries : null;
    }
}
