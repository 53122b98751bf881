using Bascule.Core.Audit.Log;

namespace Bascule.Core.Evidence.Packing;

/// <summary>
/// The tiles of hashes over the entries of a pack: of level 0 those that an entry of the pack is in, and the last one; of the others all, which are few. With
/// the checkpoint they prove each entry, and say nothing of the entries beside it.
/// </summary>
internal sealed class HashTiles(long size, Action<TileName, byte[]> keep)
{
    private readonly List<Level> _levels = [];

    private bool _isWanted;

    /// <summary>The next entry's.</summary>
    /// <param name="isWanted">Whether the pack has that entry.</param>
    public void Add(TreeHash leaf, bool isWanted)
    {
        _isWanted |= isWanted;
        Add(0, leaf);
    }

    /// <summary>The tiles at the right edge, which the root is made of.</summary>
    public void Finish()
    {
        for (var number = 0; number < _levels.Count; number++)
            if (_levels[number] is { Count: > 0 } level)
                keep(new TileName(number, level.Index, level.Count), level.Bytes());
    }

    private void Add(int number, TreeHash hash)
    {
        if (_levels.Count == number)
            _levels.Add(new Level());
        var level = _levels[number];
        level.Hashes[level.Count++] = hash;
        if (level.Count < TileName.FullWidth)
            return;
        var isLast = (level.Index + 1) * TileName.FullWidth == TileName.HashesOf(number, size);
        if (number > 0 || _isWanted || isLast)
            keep(new TileName(number, level.Index, TileName.FullWidth), level.Bytes());
        if (number == 0)
            _isWanted = false;
        Add(number + 1, level.Root());
        (level.Count, level.Index) = (0, level.Index + 1);
    }

    private sealed class Level
    {
        public TreeHash[] Hashes { get; } = new TreeHash[TileName.FullWidth];
        public int Count { get; set; }
        public long Index { get; set; }

        public byte[] Bytes() => [.. Hashes.Take(Count).SelectMany(hash => hash.ToBytes())];

        public TreeHash Root() => TileTree.Fold(Bytes());
    }
}
