using System.Buffers.Binary;
using Bascule.Core.Audit.Log;

namespace Bascule.Core.Audit.Verifying;

/// <summary>A log may drop a partial tile once the full one is there (c2sp.org/tlog-tiles): the narrow one is its beginning.</summary>
public static class NarrowTile
{
    /// <param name="read">Reads exactly the tile of that name.</param>
    public static async Task<Result<ReadOnlyMemory<byte>>> ReadAsync(
        TileName name,
        Func<TileName, Task<Result<ReadOnlyMemory<byte>>>> read
    )
    {
        var exact = await read(name);
        if (name.IsFull || exact.Problem is not { Code: ProblemCode.NotFound })
            return exact;
        var full = await read(name with { Width = TileName.FullWidth });
        return full.Failed(out _) ? exact : Cut(full.Value, name);
    }

    /// <summary>The first hashes or entries; all where there are fewer.</summary>
    public static ReadOnlyMemory<byte> Cut(ReadOnlyMemory<byte> wider, TileName name)
    {
        if (name.Level != TileName.Entries)
            return wider[..int.Min(wider.Length, name.Width * TreeHash.Length)];
        var end = 0;
        for (var entry = 0; entry < name.Width && end + sizeof(ushort) <= wider.Length; entry++)
            end += sizeof(ushort) + BinaryPrimitives.ReadUInt16BigEndian(wider.Span[end..]);
        return wider[..int.Min(wider.Length, end)];
    }
}
