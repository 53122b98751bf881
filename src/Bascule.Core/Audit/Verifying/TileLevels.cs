using System.Globalization;
using Bascule.Core.Audit.Log;

namespace Bascule.Core.Audit.Verifying;

/// <summary>The hashes above the entries as they follow from them, level by level, each full tile held against the one that is kept.</summary>
internal sealed class TileLevels(KeptTiles kept, long size, List<TileFault> faults)
{
    private readonly List<Level> _levels = [];

    /// <summary>One more full tile of level 0, by its root.</summary>
    /// <param name="isExplained">Whether a finding says already what is wrong beneath, so that what follows from it is not told again.</param>
    public Task AddAsync(TreeHash hash, bool isExplained, CancellationToken cancellationToken) =>
        AddAsync(1, hash, isExplained, cancellationToken);

    /// <summary>Holds the tiles at the right edge against those kept.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        for (var number = 1; number <= _levels.Count; number++)
            if (_levels[number - 1] is { Count: > 0 } level)
                await CompareAsync(number, level, cancellationToken);
    }

    private async Task AddAsync(int number, TreeHash hash, bool isExplained, CancellationToken cancellationToken)
    {
        if (_levels.Count < number)
            _levels.Add(new Level());
        var level = _levels[number - 1];
        hash.CopyTo(level.Hashes.AsSpan(level.Count * TreeHash.Length));
        level.Explained[level.Count++] = isExplained;
        if (level.Count < TileName.FullWidth)
            return;
        var explains = await CompareAsync(number, level, cancellationToken);
        await AddAsync(number + 1, Subtree.RootOf(level.Hashes), explains, cancellationToken);
        (level.Count, level.Index) = (0, level.Index + 1);
    }

    /// <summary>Whether something is wrong here or beneath, and told.</summary>
    private async Task<bool> CompareAsync(int number, Level level, CancellationToken cancellationToken)
    {
        var name = new TileName(number, level.Index, level.Count);
        var hashes = await kept.ReadAsync(name, cancellationToken);
        var computed = level.Hashes.AsMemory(0, level.Count * TreeHash.Length);
        var isExplained = level.Explained.AsSpan(0, level.Count).Contains(true);
        if (!kept.AreThere || hashes.Span.SequenceEqual(computed.Span))
            return isExplained;
        var isVouchedFor = await kept.VouchesForAsync(name, hashes, cancellationToken);
        if (!isVouchedFor)
            faults.Add(TileFault.Of(name, hashes.Span, computed.Span));
        else
            isExplained |= Blame(name, level, hashes.Span);
        return isExplained;
    }

    /// <summary>The checkpoint vouches for this tile, so what is beneath it was changed, tiles and entries alike.</summary>
    private bool Blame(TileName name, Level level, ReadOnlySpan<byte> hashes)
    {
        for (var at = 0; at < level.Count; at++)
        {
            var offset = at * TreeHash.Length;
            if (
                level.Explained[at]
                || hashes.Slice(offset, TreeHash.Length).SequenceEqual(level.Hashes.AsSpan(offset, TreeHash.Length))
            )
                continue;
            var span = 1L << (8 * name.Level);
            var from = ((name.Index * TileName.FullWidth) + at) * span;
            faults.Add(new TileFault(name) { From = from, To = long.Min(from + span, size) - 1 });
        }
        return true;
    }

    private sealed class Level
    {
        public byte[] Hashes { get; } = new byte[TileName.FullWidth * TreeHash.Length];
        public bool[] Explained { get; } = new bool[TileName.FullWidth];
        public int Count { get; set; }
        public long Index { get; set; }
    }
}

/// <summary>A tile of hashes that does not fit the entries.</summary>
internal sealed record TileFault(TileName Name)
{
    /// <summary>How many of its hashes are others; none where it is missing.</summary>
    public int Others { get; private init; }

    /// <summary>The first of those.</summary>
    public int First { get; private init; }

    /// <summary>Where the checkpoint vouches for the tile, so that the fault is with these entries; null where it is the tile itself, as far as is known.</summary>
    public long? From { get; init; }
    public long? To { get; init; }

    /// <param name="kept">Empty where it is missing.</param>
    public static TileFault Of(TileName name, ReadOnlySpan<byte> kept, ReadOnlySpan<byte> computed)
    {
        var (others, first) = (0, 0);
        for (var at = int.Min(kept.Length, computed.Length) - TreeHash.Length; at >= 0; at -= TreeHash.Length)
            if (!kept.Slice(at, TreeHash.Length).SequenceEqual(computed.Slice(at, TreeHash.Length)))
                (others, first) = (others + 1, at / TreeHash.Length);
        return new TileFault(name) { Others = others, First = first };
    }

    /// <param name="areEntriesGood">Whether the entries give the checkpoint's root: then whatever differs from them is at fault.</param>
    public LogFinding Worded(bool areEntriesGood)
    {
        if (From is { } from && To is { } to)
            return LogFinding.At(
                LogFault.Changed,
                from,
                to,
                $"{LogFinding.Entries(from, to)}: changed, removed or moved, and the tiles of hashes over them with them; the checkpoint covers others"
            );
        if (Others == 0)
            return LogFinding.Of(LogFault.Missing, $"{Name.Path} is missing, or has not its size");
        var which = string.Create(
            CultureInfo.InvariantCulture,
            $"{Name.Path}: {Others} of its {Name.Width} hashes, the first at {First},"
        );
        return LogFinding.Of(
            LogFault.Tile,
            areEntriesGood
                ? $"{which} are damaged: the entries are those of the checkpoint, and give others"
                : $"{which} are not what the entries give, and the checkpoint covers neither"
        );
    }
}
