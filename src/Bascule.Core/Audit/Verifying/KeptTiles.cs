using Bascule.Core.Audit.Log;

namespace Bascule.Core.Audit.Verifying;

/// <summary>
/// The tiles of hashes that a log keeps, each with the question whether the checkpoint vouches for it: whether the way from it up to the root is whole. The
/// tiles of one neighbourhood are kept, so asking from left to right reads each one once.
/// </summary>
internal sealed class KeptTiles(ILogSource source, Checkpoint checkpoint)
{
    private readonly Dictionary<int, (long Index, ReadOnlyMemory<byte> Hashes, bool IsVouchedFor)> _last = [];
    private bool? _edgeIsGood;

    public bool AreThere => source.HasHashes;

    /// <summary>Empty where it is not there, or not of its size.</summary>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(TileName name, CancellationToken cancellationToken)
    {
        if (!source.HasHashes)
            return default;
        var read = await source.ReadAsync(name, cancellationToken);
        return read.Problem is null && read.Value.Length == name.Width * TreeHash.Length ? read.Value : default;
    }

    public async Task<bool> VouchesForAsync(
        TileName name,
        ReadOnlyMemory<byte> hashes,
        CancellationToken cancellationToken
    )
    {
        if (hashes.IsEmpty)
            return false;
        // What is no full tile is at the right edge, and every hash at the edge goes into the root by itself.
        if (!name.IsFull)
            return await EdgeIsGoodAsync(cancellationToken);
        var parent = await ParentAsync(name, cancellationToken);
        var offset = (int)(name.Index % TileName.FullWidth) * TreeHash.Length;
        return parent.IsVouchedFor
            && new TreeHash(parent.Hashes.Span.Slice(offset, TreeHash.Length)) == Subtree.RootOf(hashes.Span);
    }

    private async Task<(long Index, ReadOnlyMemory<byte> Hashes, bool IsVouchedFor)> ParentAsync(
        TileName child,
        CancellationToken cancellationToken
    )
    {
        var (level, index) = (child.Level + 1, child.Index / TileName.FullWidth);
        if (_last.TryGetValue(level, out var known) && known.Index == index)
            return known;
        var width = TileName.HashesOf(level, checkpoint.Size) - (index * TileName.FullWidth);
        var name = new TileName(level, index, (int)long.Min(TileName.FullWidth, width));
        var hashes = await ReadAsync(name, cancellationToken);
        var read = (index, hashes, await VouchesForAsync(name, hashes, cancellationToken));
        _last[level] = read;
        return read;
    }

    private async Task<bool> EdgeIsGoodAsync(CancellationToken cancellationToken)
    {
        if (_edgeIsGood is null)
        {
            var root = await new TileTree(source, checkpoint.Size).RootAsync(cancellationToken);
            _edgeIsGood = root.Problem is null && root.Value == checkpoint.Root;
        }
        return _edgeIsGood.Value;
    }
}

/// <summary>Hashes of whole tiles.</summary>
internal static class Subtree
{
    /// <param name="hashes">As many as a power of two, one after the other.</param>
    public static TreeHash RootOf(ReadOnlySpan<byte> hashes)
    {
        var count = hashes.Length / TreeHash.Length;
        Span<TreeHash> nodes = new TreeHash[count];
        for (var at = 0; at < count; at++)
            nodes[at] = new TreeHash(hashes.Slice(at * TreeHash.Length, TreeHash.Length));
        for (; count > 1; count /= 2)
        for (var at = 0; at < count / 2; at++)
            nodes[at] = TreeHash.OfNode(nodes[2 * at], nodes[(2 * at) + 1]);
        return nodes[0];
    }
}
