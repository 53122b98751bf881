namespace Bascule.Core.Audit.Log;

/// <summary>A tree whose hashes are in tiles. Makes proofs by reading a handful of them, whatever the size of the log (RFC 6962, section 2.1).</summary>
/// <param name="size">Of the tree that the proofs are for; the tiles may already hold more.</param>
public sealed class TileTree(ITiles tiles, long size)
{
    private const int TileHeight = 8;

    private readonly Dictionary<TileName, ReadOnlyMemory<byte>> _read = [];

    public long Size => size;

    public Task<Result<TreeHash>> RootAsync(CancellationToken cancellationToken) =>
        size == 0 ? Task.FromResult(Result.Of(TreeHash.Empty)) : RangeAsync(0, size, cancellationToken);

    /// <summary>The sibling hashes from the leaf upward. Invalid for an index beyond the tree.</summary>
    public async Task<Result<IReadOnlyList<TreeHash>>> InclusionAsync(long index, CancellationToken cancellationToken)
    {
        if (index < 0 || index >= size)
            return Problem.Invalid($"entry {index} is not in a log of {size} entries");
        return await ReadAsync(Siblings(index), cancellationToken);
    }

    /// <summary>That this tree begins with the leaves of the smaller one. Invalid for a size beyond the tree.</summary>
    public async Task<Result<IReadOnlyList<TreeHash>>> ConsistencyAsync(
        long smaller,
        CancellationToken cancellationToken
    )
    {
        if (smaller < 0 || smaller > size)
            return Problem.Invalid($"a log of {size} entries does not extend one of {smaller}");
        if (smaller == 0 || smaller == size)
            return Result.Of<IReadOnlyList<TreeHash>>([]);
        return await ReadAsync(Subproof(smaller), cancellationToken);
    }

    /// <summary>The hashes of the complete subtrees, the largest first: what a tree needs to grow.</summary>
    public async Task<Result<TreeEdge>> EdgeAsync(CancellationToken cancellationToken)
    {
        var ranges = new List<(long From, long To)>();
        for (long from = 0; from < size; )
        {
            var to = from + LargestPowerUpTo(size - from);
            ranges.Add((from, to));
            from = to;
        }
        var read = await ReadAsync(ranges, cancellationToken);
        return read.Failed(out var problem) ? problem : TreeEdge.Of(size, read.Value);
    }

    private List<(long From, long To)> Siblings(long index)
    {
        var ranges = new List<(long, long)>();
        for (var (from, to) = (0L, size); to - from > 1; )
        {
            var middle = from + LargestPowerBelow(to - from);
            ranges.Add(index < middle ? (middle, to) : (from, middle));
            (from, to) = index < middle ? (from, middle) : (middle, to);
        }
        ranges.Reverse();
        return ranges;
    }

    private List<(long From, long To)> Subproof(long smaller)
    {
        var ranges = new List<(long, long)>();
        var (from, to, isWhole) = (0L, size, true);
        while (smaller != to)
        {
            var middle = from + LargestPowerBelow(to - from);
            if (smaller <= middle)
            {
                ranges.Add((middle, to));
                to = middle;
            }
            else
            {
                ranges.Add((from, middle));
                (from, isWhole) = (middle, false);
            }
        }
        if (!isWhole)
            ranges.Add((from, to));
        ranges.Reverse();
        return ranges;
    }

    private async Task<Result<IReadOnlyList<TreeHash>>> ReadAsync(
        List<(long From, long To)> ranges,
        CancellationToken cancellationToken
    )
    {
        var hashes = new List<TreeHash>(ranges.Count);
        foreach (var (from, to) in ranges)
        {
            var hash = await RangeAsync(from, to, cancellationToken);
            if (hash.Failed(out var problem))
                return problem;
            hashes.Add(hash.Value);
        }
        return hashes;
    }

    /// <summary>Of the leaves from one index up to, and without, another; the range is one that RFC 6962 splits a tree into.</summary>
    private async Task<Result<TreeHash>> RangeAsync(long from, long to, CancellationToken cancellationToken)
    {
        if (long.IsPow2(to - from))
            return await CompleteAsync(from, to, cancellationToken);
        var middle = from + LargestPowerBelow(to - from);
        var left = await CompleteAsync(from, middle, cancellationToken);
        if (left.Failed(out var problem))
            return problem;
        var right = await RangeAsync(middle, to, cancellationToken);
        return right.Failed(out problem) ? problem : TreeHash.OfNode(left.Value, right.Value);
    }

    private async Task<Result<TreeHash>> CompleteAsync(long from, long to, CancellationToken cancellationToken)
    {
        var height = (int)long.Log2(to - from);
        var level = height / TileHeight;
        var first = from >> (TileHeight * level);
        var tile = await TileAsync(level, first / TileName.FullWidth, cancellationToken);
        if (tile.Failed(out var problem))
            return problem;
        var offset = (int)(first % TileName.FullWidth) * TreeHash.Length;
        return Fold(tile.Value.Span.Slice(offset, TreeHash.Length << (height % TileHeight)));
    }

    private async Task<Result<ReadOnlyMemory<byte>>> TileAsync(
        int level,
        long index,
        CancellationToken cancellationToken
    )
    {
        var width = TileName.HashesOf(level, size) - (index * TileName.FullWidth);
        var name = new TileName(level, index, (int)long.Min(TileName.FullWidth, width));
        if (_read.TryGetValue(name, out var known))
            return known;
        var read = await tiles.ReadAsync(name, cancellationToken);
        if (read.Failed(out var problem))
            return problem;
        if (read.Value.Length != name.Width * TreeHash.Length)
            return Problem.Invalid(
                $"{name.Path} has {read.Value.Length} bytes, and not {name.Width * TreeHash.Length}"
            );
        _read[name] = read.Value;
        return read.Value;
    }

    private static TreeHash Fold(ReadOnlySpan<byte> hashes)
    {
        if (hashes.Length == TreeHash.Length)
            return new TreeHash(hashes);
        var half = hashes.Length / 2;
        return TreeHash.OfNode(Fold(hashes[..half]), Fold(hashes[half..]));
    }

    private static long LargestPowerBelow(long number) => LargestPowerUpTo(number - 1);

    private static long LargestPowerUpTo(long number) => 1L << (int)long.Log2(number);
}
