namespace Bascule.Core.Audit.Log;

/// <summary>A log with more leaves: what has to be stored so that it can go on growing.</summary>
/// <param name="Tiles">Those that changed, whole.</param>
public sealed record LogGrowth(long Size, TreeHash Root, IReadOnlyList<GrownTile> Tiles);

/// <param name="Hashes">As many as the tile holds now.</param>
public sealed record GrownTile(int Level, long Index, byte[] Hashes);

/// <summary>Adds leaves to a tree in tiles, holding no more than its right edge.</summary>
public sealed class LogGrower
{
    private readonly TreeEdge _edge;
    private readonly List<List<TreeHash>> _open;
    private readonly List<long> _full;
    private readonly List<GrownTile> _grown = [];

    private LogGrower(TreeEdge edge, List<List<TreeHash>> open, List<long> full) =>
        (_edge, _open, _full) = (edge, open, full);

    public long Size => _edge.Size;

    public TreeHash Root => _edge.Root;

    /// <summary>Goes on where a log of that size ended.</summary>
    public static async Task<Result<LogGrower>> AtAsync(ITiles tiles, long size, CancellationToken cancellationToken)
    {
        var edge = await new TileTree(tiles, size).EdgeAsync(cancellationToken);
        if (edge.Failed(out var problem))
            return problem;
        var (open, full) = (new List<List<TreeHash>>(), new List<long>());
        for (var level = 0; TileName.HashesOf(level, size) is > 0 and var hashes; level++)
        {
            var (index, width) = (hashes / TileName.FullWidth, (int)(hashes % TileName.FullWidth));
            var read = await ReadAsync(tiles, new TileName(level, index, width), cancellationToken);
            if (read.Failed(out problem))
                return problem;
            open.Add(read.Value);
            full.Add(index);
        }
        return new LogGrower(edge.Value, open, full);
    }

    public void Add(TreeHash leaf)
    {
        _edge.Add(leaf);
        Add(0, leaf);
    }

    /// <summary>What changed since the beginning, or since it was last taken.</summary>
    public LogGrowth Take()
    {
        for (var level = 0; level < _open.Count; level++)
        {
            if (_open[level].Count > 0)
                _grown.Add(new GrownTile(level, _full[level], Bytes(_open[level])));
        }
        var growth = new LogGrowth(Size, Root, [.. _grown]);
        _grown.Clear();
        return growth;
    }

    private void Add(int level, TreeHash hash)
    {
        if (level == _open.Count)
        {
            _open.Add([]);
            _full.Add(0);
        }
        var tile = _open[level];
        tile.Add(hash);
        if (tile.Count < TileName.FullWidth)
            return;
        _grown.Add(new GrownTile(level, _full[level], Bytes(tile)));
        var above = TileTree.Fold(_grown[^1].Hashes);
        tile.Clear();
        _full[level]++;
        Add(level + 1, above);
    }

    private static async Task<Result<List<TreeHash>>> ReadAsync(
        ITiles tiles,
        TileName name,
        CancellationToken cancellationToken
    )
    {
        if (name.Width == 0)
            return new List<TreeHash>();
        var read = await tiles.ReadAsync(name, cancellationToken);
        if (read.Failed(out var problem))
            return problem;
        var hashes = new List<TreeHash>(TileName.FullWidth);
        for (var rest = read.Value; !rest.IsEmpty; rest = rest[TreeHash.Length..])
            hashes.Add(new TreeHash(rest.Span[..TreeHash.Length]));
        return hashes;
    }

    private static byte[] Bytes(List<TreeHash> hashes)
    {
        var bytes = new byte[hashes.Count * TreeHash.Length];
        for (var number = 0; number < hashes.Count; number++)
            hashes[number].CopyTo(bytes.AsSpan(number * TreeHash.Length));
        return bytes;
    }
}
